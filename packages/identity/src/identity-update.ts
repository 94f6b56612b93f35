import type { InboxId } from "@history-sync/primitives";
import type { Identifier, MemberIdentifier } from "./identifier.js";

/** One action of an update, without the signatures that allow it. */
export type UnsignedAction =
  | CreateInbox
  | AddAssociation
  | RevokeAssociation
  | ChangeRecovery;

/** The action that creates an inbox. Its owner signs it; owner and nonce give the inbox id. */
export interface CreateInbox {
  readonly kind: "create-inbox";
  readonly owner: Identifier;
  readonly nonce: bigint;
}

/** The action that adds a member to an inbox. The new member and an existing one sign it. */
export interface AddAssociation {
  readonly kind: "add";
  readonly member: MemberIdentifier;
}

/** The action that removes a member from an inbox. The recovery identifier signs it. */
export interface RevokeAssociation {
  readonly kind: "revoke";
  readonly member: MemberIdentifier;
}

/** The action that replaces the recovery identifier of an inbox. The present one signs it. */
export interface ChangeRecovery {
  readonly kind: "change-recovery";
  readonly recovery: Identifier;
}

/** An action with its signatures, checked ones or not. */
export type SignedAction<S> =
  | (CreateInbox & { readonly signature: S })
  | (AddAssociation & {
      /** By a member, or by the recovery identifier. */
      readonly existingSignature: S;
      readonly newSignature: S;
    })
  | (RevokeAssociation & { readonly signature: S })
  | (ChangeRecovery & { readonly signature: S });

/** The content of an update, with its actions signed or not. */
export interface UpdateOf<Action> {
  readonly inboxId: InboxId;
  /** The writer's clock, in nanoseconds; nothing is ordered by it. */
  readonly clientTimestampNs: bigint;
  readonly actions: readonly Action[];
}

/** The parts of a text to sign. */
export type UnsignedUpdate = UpdateOf<UnsignedAction>;
/** One entry of an inbox's log: all of its actions count, or none. */
export type IdentityUpdate<S> = UpdateOf<SignedAction<S>>;

/** The signatures of an action, in the order of the wire. */
export function signaturesOf<S>(action: SignedAction<S>): readonly S[] {
  return action.kind === "add"
    ? [action.existingSignature, action.newSignature]
    : [action.signature];
}
