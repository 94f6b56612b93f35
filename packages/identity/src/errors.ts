import { HistorySyncError } from "@history-sync/primitives";

/**
 * The bytes of an update:
 * - `malformed-update`: they are no identity update, or a part that every update has is missing or of another size.
 * - `unknown-kind`: an action, identifier or signature is of a kind that this version doesn't know; a later one may.
 * - `too-large`: the update is over a limit; raise the limit if its source is trusted.
 *
 * A signature:
 * - `invalid-signature`: it doesn't verify over the update's text; the signer has to sign exactly that text.
 * - `invalid-account`: a smart-contract account isn't `eip155:CHAIN:ADDRESS`.
 * - `no-smart-contract-verifier`: a smart-contract wallet signed and the caller passed no verifier; pass one.
 * - `verifier-failed`: the verifier couldn't say; try again.
 *
 * What the log's rules refuse:
 * - `already-created`: the inbox exists; only its first update may create it.
 * - `not-created`: the log doesn't start with the creation of the inbox.
 * - `wrong-inbox`: the update is of another inbox than its log.
 * - `missing-member`: the signer isn't who the action asks for: the owner, a member, or the recovery identifier.
 * - `new-member-mismatch`: the new member's signature is by another key.
 * - `added-itself`: the new member and the existing one are the same.
 * - `member-not-allowed`: an installation may not add an installation; a wallet or passkey has to.
 * - `signature-not-allowed`: the signer may not use this kind of signature here.
 * - `legacy-signature-reuse`: a legacy key may only speak for the inbox of its wallet with nonce 0.
 * - `replayed-signature`: an earlier update had the same signature; sign again, at another second.
 * - `wrong-chain`: a smart-contract wallet signed from another chain than the one it was added on.
 *
 * A log:
 * - `out-of-order`: sequence ids have to be above 0 and grow.
 * - `missing-update`: the log has no update with the sequence id that was asked for; fetch the rest, or refuse who named it.
 * - `log-full`: the inbox has as many updates as a node takes; only a new inbox helps.
 * - `empty-update`: a node takes no update without actions.
 *
 * Writing:
 * - `invalid-identifier`: the text is no address or passkey in lower-case hex, or the number is no nonce or time.
 * - `too-many-installations`: the inbox has as many as it may; revoke one first.
 * - `already-a-member`: the installation is in the inbox already.
 * - `not-a-member`: what was to be revoked isn't in the inbox.
 * - `missing-signature`: a signer that the update needs wasn't among those given.
 * - `wrong-signer`: the wallet signed with another account than the one it named.
 * - `not-stored`: the node took the update and doesn't have it in the inbox's log; try again.
 */
export type IdentityErrorCode =
  | "malformed-update"
  | "unknown-kind"
  | "too-large"
  | "invalid-signature"
  | "invalid-account"
  | "no-smart-contract-verifier"
  | "verifier-failed"
  | "already-created"
  | "not-created"
  | "wrong-inbox"
  | "missing-member"
  | "new-member-mismatch"
  | "added-itself"
  | "member-not-allowed"
  | "signature-not-allowed"
  | "legacy-signature-reuse"
  | "replayed-signature"
  | "wrong-chain"
  | "out-of-order"
  | "missing-update"
  | "log-full"
  | "empty-update"
  | "invalid-identifier"
  | "too-many-installations"
  | "already-a-member"
  | "not-a-member"
  | "missing-signature"
  | "wrong-signer"
  | "not-stored";

/** The error of identity updates, logs and signatures. */
export class IdentityError extends HistorySyncError<IdentityErrorCode> {}
