import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `ClientError`. */
export type ClientErrorCode =
  /** The store belongs to another inbox than the signer's. Open the signer's store, or an empty one. */
  | "wrong-inbox"
  /** The user has revoked this installation. Create a new one with an empty store. */
  | "installation-revoked"
  /** The client was created with `disableDeviceSync`. Create it without. */
  | "device-sync-disabled"
  /** The inbox isn't registered. Check the id, or invite its owner. */
  | "unknown-inbox"
  /** A DM needs another user, and a user can't be removed by its own client. Name other users. */
  | "invalid-members"
  /** A conversation has at most 250 inboxes. Create another one. */
  | "too-many-members"
  /** The node knows less of an inbox than the conversation. Try again, or ask another node. */
  | "stale-inbox"
  /** The store lacks a conversation that it had a moment ago. Check that nothing else deletes from it. */
  | "unknown-conversation"
  /** This installation isn't a member (any more) and can only read the conversation. Another member has to add it. */
  | "conversation-inactive"
  /**
   * The conversation is a DM, or the user is its only member or a super admin. Deny consent to the conversation, or
   * let another super admin remove the user's rights first.
   */
  | "cannot-leave"
  /** The user has asked to leave already. A super admin's installation has to remove the user. */
  | "already-leaving"
  /** Nodes refuse messages of that size. Send a remote attachment. */
  | "content-too-large"
  /** A stream ended because it wasn't read for too long. Read the missed messages with `messages`. */
  | "stream-overflow";

/**
 * The error of the client itself. Calls also throw the errors of the packages below; `isHistorySyncError` finds them
 * all.
 */
export class ClientError extends HistorySyncError<ClientErrorCode> {}
