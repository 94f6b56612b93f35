import type { DeviceSyncRequest } from "@history-sync/proto/device-sync";
import { ArchiveFormat } from "@history-sync/proto/history-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import type { WorkerContext } from "../context/ports.js";
import { SyncWorkerError } from "../errors.js";
import { newRequest, receivedRequestId } from "../request/new-request.js";
import { exportOptions, wireOptions } from "../request/options.js";
import type { RequestBook } from "../request/request-book.js";
import type { SyncRequest } from "../request/sync-request.js";
import { awaitsHistory, isExpectedIn } from "../request/transitions.js";

const maxPinLength = 256;
const maxUrlLength = 2_048;
const maxConversations = 10_000;
// The open requests of one requester; of more, the newest are answered.
const maxOpenOfOne = 4;

/** Handles a sync request of another installation: records it, in the stage that the release policy gives it. */
export async function onRequest(
  message: DeviceSyncMessage,
  wire: DeviceSyncRequest,
  { book, settings }: Pick<WorkerContext, "book" | "settings">,
): Promise<void> {
  if (settings.historySyncUrl === "") return;
  const request = receivedRequest(message, wire);
  if (await book.get(request.id)) return;
  const lacksHistory = (await book.list()).some(
    (known) => awaitsHistory(known) && known.options.groupIds.length === 0,
  );
  await book.receive(request, lacksHistory);
  await declineOldest(request, book);
}

/** @throws {SyncWorkerError} `invalid-request` */
function receivedRequest(
  { sender, sentAtNs }: DeviceSyncMessage,
  wire: DeviceSyncRequest,
): SyncRequest {
  const { pin, serverUrl, options, acceptedFormats, expiresAtNs } = wire;
  expectShort("pin", pin.length, maxPinLength);
  expectShort("server URL", serverUrl.length, maxUrlLength);
  expectShort("conversations", options?.groupIds.length ?? 0, maxConversations);
  if (options) exportOptions(options);
  return newRequest({
    id: receivedRequestId(sender, pin),
    role: "responder",
    origin: "message",
    pin,
    serverUrl,
    options: options ?? wireOptions({}, sentAtNs),
    format: acceptedFormats.includes(ArchiveFormat.PAGED_V1)
      ? "paged-v1"
      : "xmtp-v0",
    requester: sender,
    createdAtNs: sentAtNs,
    ...(expiresAtNs !== undefined && { expiresAtNs }),
    stage: { name: "acknowledging" },
  });
}

/** Declines the oldest of a requester's open requests where it has too many. */
async function declineOldest(
  { requester }: SyncRequest,
  book: RequestBook,
): Promise<void> {
  const open = (await book.list()).filter(
    (request) =>
      request.role === "responder" &&
      request.requester === requester &&
      isExpectedIn("superseded", request.stage.name),
  );
  for (const request of open.slice(0, -maxOpenOfOne)) {
    await book.apply(request, { type: "superseded" });
  }
}

function expectShort(what: string, length: number, max: number): void {
  if (length <= max) return;
  throw new SyncWorkerError(
    "invalid-request",
    `${what}: expected at most ${max}, got ${length}`,
  );
}
