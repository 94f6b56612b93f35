import { nowNs } from "@history-sync/primitives";
import type { DeviceSyncRequest } from "@history-sync/proto/device-sync";
import { ArchiveFormat } from "@history-sync/proto/history-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import { patienceMs, rankOf } from "./election.js";
import { SyncWorkerError } from "./errors.js";
import type { Move } from "./moves.js";
import { exportOptions, wireOptions } from "./options.js";
import type { WorkerContext } from "./ports.js";
import { answeringId } from "./request-ids.js";
import type { Stage, SyncRequest } from "./sync-request.js";

const maxPinLength = 256;
const maxUrlLength = 2_048;
const maxConversations = 10_000;
// One asker's requests that wait at the same time; of more, the newest count.
const maxOpenOfOne = 4;

/** Takes another installation's request down, with the stage that the policy gives it. */
export async function takeRequest(
  message: DeviceSyncMessage,
  wire: DeviceSyncRequest,
  context: WorkerContext,
  move: Move,
): Promise<void> {
  const { book, settings } = context;
  if (settings.historySyncUrl === "") return;
  const request = receivedRequest(message, wire);
  if (await book.get(request.id)) return;
  await book.add({ ...request, stage: await firstStage(request, context) });
  await move.restart(request.id);
  await declineOldest(request, context, move);
}

/** Another installation's request, before it is decided what becomes of it; throws `invalid-request`. */
function receivedRequest(
  message: DeviceSyncMessage,
  wire: DeviceSyncRequest,
): SyncRequest {
  const { pin, serverUrl, options, acceptedFormats, expiresAtNs } = wire;
  expectShort("pin", pin.length, maxPinLength);
  expectShort("server URL", serverUrl.length, maxUrlLength);
  expectShort("conversations", options?.groupIds.length ?? 0, maxConversations);
  if (options) exportOptions(options);
  return {
    id: answeringId(message.sender, pin),
    role: "answerer",
    pin,
    serverUrl,
    options: options ?? wireOptions({}, message.sentAtNs),
    format: acceptedFormats.includes(ArchiveFormat.PAGED_V1)
      ? "paged-v1"
      : "xmtp-v0",
    requester: message.sender,
    createdAtNs: message.sentAtNs,
    ...(expiresAtNs !== undefined && { expiresAtNs }),
    acknowledgements: [],
    exportsBegunAtNs: [],
    uploadsToDelete: [],
    attempt: 1,
    stage: { name: "acknowledging" },
  };
}

async function firstStage(
  { pin, expiresAtNs }: SyncRequest,
  context: WorkerContext,
): Promise<Stage> {
  const { clock, settings, syncGroups } = context;
  const by = syncGroups.installationId;
  const now = nowNs(clock);
  if (expiresAtNs !== undefined && expiresAtNs <= now) {
    return { name: "expired" };
  }
  switch (settings.policy) {
    case "never":
      return { name: "declined", reason: "policy", by, told: false };
    case "ask":
      return { name: "awaiting-approval" };
    case "auto": {
      if (!(await lacksHistory(context))) return { name: "acknowledging" };
      const waitMs = patienceMs(settings.takeoverMs, rankOf(by, pin));
      const untilNs = now + BigInt(waitMs) * 1_000_000n;
      return { name: "standing-by", untilNs };
    }
  }
}

/** Who waits for the whole history itself lets those answer first who have it. */
async function lacksHistory({ book }: WorkerContext): Promise<boolean> {
  const waiting: ReadonlySet<Stage["name"]> = new Set([
    "asking",
    "requested",
    "importing",
  ]);
  return (await book.list()).some(
    ({ role, options, stage }) =>
      role === "asker" &&
      options.groupIds.length === 0 &&
      waiting.has(stage.name),
  );
}

/** Somebody who asks again and again is answered a few times only. */
async function declineOldest(
  { requester }: SyncRequest,
  { book, syncGroups }: WorkerContext,
  move: Move,
): Promise<void> {
  const open: ReadonlySet<Stage["name"]> = new Set([
    "acknowledging",
    "awaiting-approval",
    "preparing",
    "standing-by",
  ]);
  const waiting = (await book.list()).filter(
    (request) =>
      request.role === "answerer" &&
      request.requester === requester &&
      open.has(request.stage.name),
  );
  const by = syncGroups.installationId;
  for (const request of waiting.slice(0, -maxOpenOfOne)) {
    await move.to(request, {
      name: "declined",
      reason: "too-many",
      by,
      told: false,
    });
  }
}

function expectShort(what: string, length: number, max: number): void {
  if (length <= max) return;
  throw new SyncWorkerError(
    "invalid-request",
    `${what}: expected at most ${max}, got ${length}`,
  );
}
