import { installationIdOf } from "@history-sync/primitives";
import type {
  SyncCancel,
  SyncDecline,
  SyncReceipt,
} from "@history-sync/proto/history-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import type { WorkerContext } from "../context/ports.js";
import { forgetReplies } from "../request/archives.js";
import { maxMessageLength, reasonOf } from "../request/decline-reason.js";
import { ownRequestId, receivedRequestId } from "../request/new-request.js";
import { boundedReceipt } from "../request/receipt.js";

/**
 * Handles a SyncDecline. A decline with reason `user` is final for all installations; after any other the next
 * installation responds.
 */
export async function onDecline(
  { sender }: DeviceSyncMessage,
  wire: SyncDecline,
  { book, syncGroups }: Pick<WorkerContext, "book" | "syncGroups">,
): Promise<void> {
  const reason = reasonOf(wire);
  if (!reason) return;
  const requester = installationIdOf(wire.requester);
  const message = wire.message.slice(0, maxMessageLength);
  const isOwn = requester === syncGroups.installationId;
  for (const pin of wire.requestIds) {
    const id = isOwn ? ownRequestId(pin) : receivedRequestId(requester, pin);
    const request = await book.get(id);
    if (!request) continue;
    if (isOwn || reason === "user") {
      const type = "decline-received";
      await book.apply(request, { type, reason, by: sender, message });
    } else if (request.responder?.installation === sender) {
      const free = await book.note(request, { responder: undefined });
      await book.apply(free, { type: "turn-freed" });
    }
  }
}

/** Handles a SyncReceipt: the requester has its history, so its archive can be deleted. */
export async function onReceipt(
  { sender }: DeviceSyncMessage,
  wire: SyncReceipt,
  { book, requests }: Pick<WorkerContext, "book" | "requests">,
): Promise<void> {
  // An installation that joined after the request has received the reply, too.
  await forgetReplies(wire.requestId, requests.archives);
  const request = await book.get(receivedRequestId(sender, wire.requestId));
  if (!request) return;
  const receipt = boundedReceipt(wire);
  await book.apply(request, { type: "receipt-received", receipt });
}

/** Handles a SyncCancel: the requester no longer wants the history, so an archive made for it can be deleted. */
export async function onCancel(
  { sender }: DeviceSyncMessage,
  { requestId }: SyncCancel,
  { book }: Pick<WorkerContext, "book">,
): Promise<void> {
  const request = await book.get(receivedRequestId(sender, requestId));
  if (request) await book.apply(request, { type: "cancel-received" });
}
