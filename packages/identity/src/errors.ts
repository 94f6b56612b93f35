import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `IdentityError`. */
export type IdentityErrorCode =
  /** The bytes are no identity update, or a part that every update has is missing or of another size. */
  | "malformed-update"
  /** An action, identifier or signature is of a kind that this version doesn't know. A later one may. */
  | "unknown-kind"
  /** The update is over a limit. Raise the limit if its source is trusted. */
  | "too-large"
  /** The signature doesn't verify over the update's text. The signer has to sign exactly that text. */
  | "invalid-signature"
  /** A smart-contract account isn't `eip155:CHAIN:ADDRESS`. */
  | "invalid-account"
  /** A smart-contract wallet signed and the caller passed no verifier. Pass one. */
  | "no-smart-contract-verifier"
  /** The verifier couldn't say. Try again. */
  | "verifier-failed"
  /** The inbox exists. Only its first update may create it. */
  | "already-created"
  /** The log doesn't start with the creation of the inbox. */
  | "not-created"
  /** The update is of another inbox than its log. */
  | "wrong-inbox"
  /** The signer isn't who the action asks for: the owner, a member, or the recovery identifier. */
  | "missing-member"
  /** The new member's signature is by another key. */
  | "new-member-mismatch"
  /** The new member and the existing one are the same. */
  | "added-itself"
  /** An installation may not add an installation. A wallet or passkey has to. */
  | "member-not-allowed"
  /** The signer may not use this kind of signature here. */
  | "signature-not-allowed"
  /** A legacy key may only speak for the inbox of its wallet with nonce 0. */
  | "legacy-signature-reuse"
  /** An earlier update had the same signature. Sign again, at another second. */
  | "replayed-signature"
  /** A smart-contract wallet signed from another chain than the one it was added on. */
  | "wrong-chain"
  /** Sequence ids have to be above 0 and grow. */
  | "out-of-order"
  /** The log has no update with the sequence id that was asked for. Fetch the rest, or refuse who named it. */
  | "missing-update"
  /** The inbox has as many updates as a node takes. Only a new inbox helps. */
  | "log-full"
  /** A node takes no update without actions. */
  | "empty-update"
  /** The text is no address or passkey in lower-case hex, or the number is no nonce or time. */
  | "invalid-identifier"
  /** The inbox has as many as it may. Revoke one first. */
  | "too-many-installations"
  /** The installation is in the inbox already. */
  | "already-a-member"
  /** What was to be revoked isn't in the inbox. */
  | "not-a-member"
  /** A signer that the update needs wasn't among those given. */
  | "missing-signature"
  /** The wallet signed with another account than the one it named. */
  | "wrong-signer"
  /** The node took the update and doesn't have it in the inbox's log. Try again. */
  | "not-stored";

/** The error of identity updates, logs and signatures. */
export class IdentityError extends HistorySyncError<IdentityErrorCode> {}
