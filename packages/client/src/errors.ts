import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `wrong-inbox`: the store belongs to another inbox than the signer's; open the signer's store, or an empty one.
 * - `installation-revoked`: the user has revoked this installation; create a new one with an empty store.
 * - `device-sync-disabled`: the client was created with `disableDeviceSync`; create it without.
 * - `unknown-inbox`: the inbox isn't registered; check the id, or invite its owner.
 * - `invalid-members`: a DM needs another user, and a user can't be removed by its own client; name other users.
 * - `too-many-members`: a conversation has at most 250 inboxes; create another one.
 * - `stale-inbox`: the node knows less of an inbox than the conversation; try again, or ask another node.
 * - `unknown-conversation`: the store lacks a conversation that it had a moment ago; check that nothing else deletes from it.
 * - `conversation-inactive`: this installation isn't a member (any more) and can only read the conversation; another member
 *   has to add it.
 * - `cannot-leave`: the conversation is a DM, or the user is its only member or a super admin; deny consent to the
 *   conversation, or let another super admin remove the user's rights first.
 * - `already-leaving`: the user has asked to leave already; a super admin's installation has to remove the user.
 * - `content-too-large`: nodes refuse messages of that size; send a remote attachment.
 * - `stream-overflow`: a stream ended because it wasn't read for too long; read the missed messages with `messages`.
 */
export type ClientErrorCode =
  | "wrong-inbox"
  | "installation-revoked"
  | "device-sync-disabled"
  | "unknown-inbox"
  | "invalid-members"
  | "too-many-members"
  | "stale-inbox"
  | "unknown-conversation"
  | "conversation-inactive"
  | "cannot-leave"
  | "already-leaving"
  | "content-too-large"
  | "stream-overflow";

/**
 * The error of the client itself. Calls also throw the errors of the packages below; `isHistorySyncError` finds them
 * all.
 */
export class ClientError extends HistorySyncError<ClientErrorCode> {}
