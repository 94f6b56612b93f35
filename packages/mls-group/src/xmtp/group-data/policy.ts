/** A condition on a committer. "admin" includes super admins; `all` and `any` join further policies. */
export type Policy =
  | "allow"
  | "deny"
  | "admin"
  | "super-admin"
  | { readonly all: readonly Policy[] }
  | { readonly any: readonly Policy[] };

/** A member, by its place in the group's lists. */
export interface PolicyActor {
  readonly isAdmin: boolean;
  readonly isSuperAdmin: boolean;
}

/** Returns true if the policy lets this member act. */
export function allows(policy: Policy, actor: PolicyActor): boolean {
  switch (policy) {
    case "allow":
      return true;
    case "deny":
      return false;
    case "admin":
      return actor.isAdmin || actor.isSuperAdmin;
    case "super-admin":
      return actor.isSuperAdmin;
    default:
      return "all" in policy
        ? policy.all.every((one) => allows(one, actor))
        : policy.any.some((one) => allows(one, actor));
  }
}
