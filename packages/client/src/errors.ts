import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `wrong-inbox`: the store belongs to another inbox than the signer; open the signer's own store, or an empty one.
 * - `installation-revoked`: the user took this installation out of the inbox; only a new store makes a new one.
 * - `device-sync-disabled`: the client was made with `disableDeviceSync`; make it without.
 * - `unknown-inbox`: nobody has registered the inbox; check the id, or invite its owner.
 * - `invalid-members`: a DM is between two users, and nobody adds or removes oneself; name others.
 * - `too-many-members`: a conversation has at most 250 inboxes; make another one.
 * - `stale-inbox`: the node knows less of an inbox than the conversation; try again, or ask another node.
 * - `unknown-conversation`: the store lacks a conversation that was just there; was it emptied?
 * - `conversation-inactive`: this installation isn't a member (any more), so that the conversation is read-only; a member
 *   has to add it.
 * - `cannot-leave`: nobody leaves a DM, a group of one inbox, or a group as its super admin; deny consent to the
 *   conversation, or let another super admin take the right away first.
 * - `already-leaving`: the user has asked to leave; a super admin's installation has to come and do it.
 * - `content-too-large`: nodes take no message of that size; send a remote attachment.
 * - `stream-overflow`: a stream wasn't read for too long and was ended; read what was missed with `messages`.
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

export class ClientError extends HistorySyncError<ClientErrorCode> {}
