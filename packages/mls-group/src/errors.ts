import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `invalid-message`: the bytes are no MLS PrivateMessage of the group; they are skipped.
 * - `epoch-too-old`: the message is of an epoch whose keys are gone; it is skipped.
 * - `epoch-ahead`: the message is of an epoch that this installation hasn't reached; it is held until it has.
 * - `undecryptable`: no key opens the message, or its signature is wrong; it is skipped.
 * - `refused-commit`: the commit is broken or does what no commit may; the group stays in its epoch.
 * - `invalid-welcome`: the Welcome is broken, or a member in it isn't genuine; it is skipped.
 * - `unknown-key-package`: the Welcome is for a key package that isn't ours (any more); it is skipped.
 * - `invalid-key-package`: the key package is broken, expired or another installation's; its owner must publish a new one.
 * - `not-a-member`: this installation was removed from the group, or never was in it; another member must add it.
 * - `commit-undecided`: the node took a commit and didn't show it; sync again, the same commit is resent.
 * - `commit-lost`: other members' commits came first too many times in a row; try again.
 * - `authentication-failed`: who a member is could not be looked up; nothing was skipped, sync again.
 * - `delivery-failed`: the delivery service failed; nothing was lost, sync again.
 * - `delivery-disorder`: the delivery service gave an id that doesn't grow, against its contract; nothing of it was taken, sync again.
 * - `invalid-group-data`: what an extension of XMTP's says is missing, broken or too long; the group isn't one of XMTP's, or the value has to be another.
 * - `newer-protocol`: the group asks for a later version of XMTP's protocol; it waits, and goes on with a release that has it.
 * - `unsupported-state`: a stored state is of another engine or version; open it with the release that wrote it.
 * - `wrong-credential`: the store belongs to another credential; open it with its own, or take an empty store.
 * - `engine-failed`: MLS could not do what was asked of it; the `cause` says why.
 */
export type MlsGroupErrorCode =
  | "invalid-message"
  | "epoch-too-old"
  | "epoch-ahead"
  | "undecryptable"
  | "refused-commit"
  | "invalid-welcome"
  | "unknown-key-package"
  | "invalid-key-package"
  | "not-a-member"
  | "commit-undecided"
  | "commit-lost"
  | "authentication-failed"
  | "delivery-failed"
  | "delivery-disorder"
  | "invalid-group-data"
  | "newer-protocol"
  | "unsupported-state"
  | "wrong-credential"
  | "engine-failed";

export class MlsGroupError extends HistorySyncError<MlsGroupErrorCode> {}
