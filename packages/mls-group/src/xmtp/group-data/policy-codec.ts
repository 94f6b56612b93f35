import {
  MembershipPolicy_BasePolicy as MembershipBase,
  MetadataPolicy_MetadataBasePolicy as MetadataBase,
  PermissionsUpdatePolicy_PermissionsBasePolicy as PermissionsBase,
} from "@history-sync/proto/message-contents";
import { invalid } from "./extension-data.js";
import type { Policy } from "./policy.js";

/** The common shape of the three kinds of policies on the wire. The protobuf reader bounds their depth. */
interface WirePolicy<Base extends number> {
  readonly kind:
    | { readonly case: "base"; readonly value: Base }
    | {
        readonly case: "andCondition" | "anyCondition";
        readonly value: { readonly policies: WirePolicy<Base>[] };
      }
    | { readonly case: undefined };
}

type BasePolicy = Extract<Policy, string>;

interface PolicyCodec<Base extends number> {
  /**
   * Decodes a policy.
   *
   * @throws {MlsGroupError} `invalid-group-data`, also for conditions over nothing
   */
  readonly read: (wire: WirePolicy<Base> | undefined) => Policy;
  readonly write: (policy: Policy) => WirePolicy<Base>;
}

function policyCodec<Base extends number>(
  numbers: Partial<Record<BasePolicy, Base>>,
): PolicyCodec<Base> {
  const names = Object.keys(numbers) as BasePolicy[];

  function read(wire: WirePolicy<Base> | undefined): Policy {
    const kind = wire?.kind;
    if (kind?.case === "base") {
      const policy = names.find((name) => numbers[name] === kind.value);
      if (policy !== undefined) return policy;
      throw invalid("a policy", `the number ${kind.value}`);
    }
    if (kind?.case === undefined || kind.value.policies.length === 0) {
      throw invalid("a policy", "none");
    }
    const joined = kind.value.policies.map(read);
    return kind.case === "andCondition" ? { all: joined } : { any: joined };
  }

  function write(policy: Policy): WirePolicy<Base> {
    if (typeof policy === "string") {
      const value = numbers[policy];
      if (value !== undefined) return { kind: { case: "base", value } };
      throw invalid(`one of ${names.join(", ")}`, policy);
    }
    const [name, joined] =
      "all" in policy
        ? (["andCondition", policy.all] as const)
        : (["anyCondition", policy.any] as const);
    if (joined.length === 0) throw invalid("a policy to join", "none");
    return { kind: { case: name, value: { policies: joined.map(write) } } };
  }

  return { read, write };
}

export const membershipPolicies: PolicyCodec<MembershipBase> =
  policyCodec<MembershipBase>({
    allow: MembershipBase.ALLOW,
    deny: MembershipBase.DENY,
    admin: MembershipBase.ALLOW_IF_ADMIN_OR_SUPER_ADMIN,
    "super-admin": MembershipBase.ALLOW_IF_SUPER_ADMIN,
  });

export const metadataPolicies: PolicyCodec<MetadataBase> =
  policyCodec<MetadataBase>({
    allow: MetadataBase.ALLOW,
    deny: MetadataBase.DENY,
    admin: MetadataBase.ALLOW_IF_ADMIN,
    "super-admin": MetadataBase.ALLOW_IF_SUPER_ADMIN,
  });

/** The numbers of the rights to name admins and to change permissions, which the wire can't give to all members. */
export const permissionsPolicies: PolicyCodec<PermissionsBase> =
  policyCodec<PermissionsBase>({
    deny: PermissionsBase.DENY,
    admin: PermissionsBase.ALLOW_IF_ADMIN,
    "super-admin": PermissionsBase.ALLOW_IF_SUPER_ADMIN,
  });
