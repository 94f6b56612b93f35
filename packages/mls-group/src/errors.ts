import { HistorySyncError } from "@history-sync/primitives";

/** The reason of an MlsGroupError. */
export type MlsGroupErrorCode =
  /** The bytes are no MLS PrivateMessage of the group. They are skipped. */
  | "invalid-message"
  /** The message's epoch is so old that its keys are gone. It is skipped. */
  | "epoch-too-old"
  /** The message's epoch lies ahead of this installation's. It is held until the group is there. */
  | "epoch-ahead"
  /** No key opens the message, or its signature is wrong. It is skipped. */
  | "undecryptable"
  /** The commit is broken or does what no commit may. The group stays in its epoch. */
  | "refused-commit"
  /** The Welcome is broken, or one of its members isn't authentic. It is skipped. */
  | "invalid-welcome"
  /** The Welcome is for a key package that this installation does not have (any more). It is skipped. */
  | "unknown-key-package"
  /** The key package is broken, expired or another installation's. Its owner must publish a new one. */
  | "invalid-key-package"
  /** This installation was removed from the group, or never was in it. Another member must add it. */
  | "not-a-member"
  /** The node has accepted a commit and does not return it. Sync again: the same commit is sent again. */
  | "commit-undecided"
  /** Other members' commits came first too many times in a row. Try again. */
  | "commit-lost"
  /** The authentication service failed. Nothing was skipped: sync again. */
  | "authentication-failed"
  /** The delivery service failed. Nothing was lost: sync again. */
  | "delivery-failed"
  /** The delivery service returned an id that doesn't grow, against its contract. Nothing of it was processed: sync again. */
  | "delivery-disorder"
  /** An extension of XMTP's is missing, broken or too long. The group isn't one of XMTP's, or the value has to be another. */
  | "invalid-group-data"
  /** The group requires a later version of XMTP's protocol. It stays pending until a release supports that. */
  | "newer-protocol"
  /** A stored state is of another engine or version. Open it with the release that has written it. */
  | "unsupported-state"
  /** The store belongs to another credential. Open it with that one, or use an empty store. */
  | "wrong-credential"
  /** The MLS engine failed. Its error is the `cause`. */
  | "engine-failed";

/** Any failure of this package. */
export class MlsGroupError extends HistorySyncError<MlsGroupErrorCode> {}
