import type { DeviceSyncReply } from "@history-sync/proto/device-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import { keepArchive, repliedArchive } from "./archives.js";
import type { Move } from "./moves.js";
import type { WorkerContext } from "./ports.js";
import { askedId } from "./request-ids.js";
import type { AvailableArchive, Stage, SyncRequest } from "./sync-request.js";

const done: ReadonlySet<Stage["name"]> = new Set([
  "imported",
  "receipted",
  "cancelled",
]);

/**
 * A reply to a request of this installation is imported; while one is, the next is kept for when that fails. A reply to
 * another one's request stands this one down. Any other archive is kept for whoever names its pin.
 */
export async function takeReply(
  message: DeviceSyncMessage,
  reply: DeviceSyncReply,
  context: WorkerContext,
  move: Move,
): Promise<void> {
  const { book } = context;
  const { requestId: pin } = reply;
  const others = (await book.list()).filter(
    (request) => request.pin === pin && request.id.startsWith("answering:"),
  );
  for (const request of others) await standDown(request, message, move);
  const asked = message.own ? undefined : await book.get(askedId(pin));
  if (others.length > 0 && !asked) return;
  if (asked && done.has(asked.stage.name)) return;
  const available = repliedArchive(message, reply);
  await keepArchive(available, context);
  if (asked && asked.stage.name !== "importing") {
    await move.to(asked, importing(available));
  }
}

export function importing({ archive, sender }: AvailableArchive): Stage {
  return { name: "importing", archive, by: sender };
}

async function standDown(
  request: SyncRequest,
  { own, sender }: DeviceSyncMessage,
  move: Move,
): Promise<void> {
  if (own || request.requester === sender) return;
  const open: ReadonlySet<Stage["name"]> = new Set([
    "acknowledging",
    "awaiting-approval",
    "declined",
    "preparing",
    "standing-by",
  ]);
  if (!open.has(request.stage.name)) return;
  await move.to(request, { name: "answered", by: sender });
}
