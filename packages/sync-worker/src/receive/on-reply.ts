import type { DeviceSyncReply } from "@history-sync/proto/device-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import type { WorkerContext } from "../context/ports.js";
import { keepArchive, repliedArchive } from "../request/archives.js";
import { ownRequestId } from "../request/new-request.js";
import { ignoresReplies } from "../request/transitions.js";

/**
 * Handles a reply. One to this installation's request is imported, or kept in case the current import fails. One to
 * another installation's request ends this installation's own response to it. Any other archive is kept until the app
 * names its pin.
 */
export async function onReply(
  message: DeviceSyncMessage,
  reply: DeviceSyncReply,
  { book, requests }: Pick<WorkerContext, "book" | "requests">,
): Promise<void> {
  const { requestId: pin } = reply;
  const { own: isOwn, sender } = message;
  const received = (await book.list()).filter(
    (request) =>
      request.pin === pin &&
      request.role === "responder" &&
      request.origin === "message",
  );
  for (const request of received) {
    if (isOwn || request.requester === sender) continue;
    await book.apply(request, { type: "reply-seen", by: sender });
  }
  const request = isOwn ? undefined : await book.get(ownRequestId(pin));
  if (request ? ignoresReplies(request) : received.length > 0) return;
  const available = repliedArchive(message, reply);
  await keepArchive(available, requests.archives);
  if (request) {
    await book.apply(request, { type: "reply-received", reply: available });
  }
}
