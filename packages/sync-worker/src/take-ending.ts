import { installationIdOf } from "@history-sync/primitives";
import type {
  SyncCancel,
  SyncDecline,
  SyncReceipt,
} from "@history-sync/proto/history-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import { forgetReplies } from "./archives.js";
import { maxWords, reasonOf } from "./decline.js";
import type { Move } from "./moves.js";
import type { WorkerContext } from "./ports.js";
import { boundedReceipt } from "./receipt.js";
import { answeringId, askedId } from "./request-ids.js";
import { hasEnded, type Stage, type SyncRequest } from "./sync-request.js";

/** Somebody said no: to the user's no all installations keep; of any other, the next one takes over. */
export async function takeDecline(
  { sender }: DeviceSyncMessage,
  decline: SyncDecline,
  context: WorkerContext,
  move: Move,
): Promise<void> {
  const { book, syncGroups } = context;
  const reason = reasonOf(decline);
  if (!reason) return;
  const requester = installationIdOf(decline.requester);
  const words = decline.words.slice(0, maxWords);
  const isOwn = requester === syncGroups.installationId;
  for (const pin of decline.requestIds) {
    const id = isOwn ? askedId(pin) : answeringId(requester, pin);
    const request = await book.get(id);
    if (!request) continue;
    const declined = {
      name: "declined",
      reason,
      by: sender,
      ...(words !== "" && { words }),
      told: true,
    } as const;
    if (isOwn) {
      if (request.stage.name === "requested") await move.to(request, declined);
    } else if (reason === "user") {
      if (isWaiting(request.stage)) await move.to(request, declined);
    } else if (request.holder?.installation === sender) {
      await takeOver(request, context, move);
    }
  }
}

/** The asker has its history: the archive can go. */
export async function takeReceipt(
  { sender }: DeviceSyncMessage,
  receipt: SyncReceipt,
  context: WorkerContext,
  move: Move,
): Promise<void> {
  const { book } = context;
  // Who joined after the request has the reply of it, too.
  await forgetReplies(receipt.requestId, context);
  const request = await book.get(answeringId(sender, receipt.requestId));
  if (!request || request.stage.name === "receipted") return;
  await move.to(request, {
    name: "receipted",
    receipt: boundedReceipt(receipt),
  });
}

/** The asker wants it no more: whatever was made for it can go. */
export async function takeCancel(
  { sender }: DeviceSyncMessage,
  { requestId }: SyncCancel,
  { book }: WorkerContext,
  move: Move,
): Promise<void> {
  const request = await book.get(answeringId(sender, requestId));
  if (!request || hasEnded(request)) return;
  await move.to(request, { name: "cancelled", told: true });
}

async function takeOver(
  request: SyncRequest,
  { book }: WorkerContext,
  move: Move,
): Promise<void> {
  const free = await book.note(request, { holder: undefined });
  if (free.stage.name !== "standing-by") return;
  await move.to(free, { name: "acknowledging" });
}

function isWaiting({ name }: Stage): boolean {
  return (
    name === "acknowledging" ||
    name === "awaiting-approval" ||
    name === "standing-by"
  );
}
