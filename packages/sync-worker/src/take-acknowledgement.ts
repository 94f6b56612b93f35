import {
  type InstallationId,
  installationIdOf,
  nowNs,
} from "@history-sync/primitives";
import type { DeviceSyncAcknowledge } from "@history-sync/proto/device-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import { afterAcknowledgement, patienceMs, rankOf } from "./election.js";
import { takeExport } from "./export-budget.js";
import type { Move } from "./moves.js";
import type { WorkerContext } from "./ports.js";
import type { Stage, SyncRequest } from "./sync-request.js";

/** Notes who takes a request, one's own acknowledgement too, and goes on or stands back as the node's time says. */
export async function takeAcknowledgement(
  { sender, sentAtNs }: DeviceSyncMessage,
  wire: DeviceSyncAcknowledge,
  context: WorkerContext,
  move: Move,
): Promise<void> {
  const { book, settings } = context;
  const said = {
    installation: sender,
    rank: wire.rank ?? 0,
    atNs: sentAtNs,
    awaitingApproval: wire.awaitingApproval ?? false,
  };
  for (const request of await acknowledged(wire, sender, context)) {
    const notes = afterAcknowledgement(request, said, settings.takeoverMs);
    const noted = await book.note(request, notes);
    const next = nextStage(noted, context);
    if (next?.name === "preparing") await prepare(noted, context, move);
    else if (next) await move.to(noted, next);
  }
}

/** An export beyond the budget is a no. */
async function prepare(
  request: SyncRequest,
  context: WorkerContext,
  move: Move,
): Promise<void> {
  const counted = await takeExport(request, context);
  if (counted) return move.to(counted, { name: "preparing" });
  const by = context.syncGroups.installationId;
  const reason = "too-many";
  await move.to(request, { name: "declined", reason, by, told: false });
}

/** Peers that don't name the asker mean whoever has used the pin. */
async function acknowledged(
  { requestId, requester }: DeviceSyncAcknowledge,
  sender: InstallationId,
  { book }: WorkerContext,
): Promise<readonly SyncRequest[]> {
  const id = requester?.length === 32 ? installationIdOf(requester) : undefined;
  return (await book.list()).filter(
    (request) =>
      request.pin === requestId &&
      request.requester === (id ?? request.requester) &&
      request.requester !== sender,
  );
}

function nextStage(
  { pin, stage, holder, role }: SyncRequest,
  { settings, syncGroups, clock }: WorkerContext,
): Stage | undefined {
  const { installationId: by } = syncGroups;
  if (role === "asker") {
    return stage.name === "declined" ? { name: "requested" } : undefined;
  }
  if (!holder) return undefined;
  if (holder.installation === by) {
    return stage.name === "acknowledging" || stage.name === "standing-by"
      ? { name: "preparing" }
      : undefined;
  }
  const standsBack =
    stage.name === "acknowledging" ||
    stage.name === "standing-by" ||
    stage.name === "preparing";
  if (!standsBack) return undefined;
  const waitMs = patienceMs(settings.takeoverMs, rankOf(by, pin));
  // By one's own clock alone: one that runs ahead of the node's must not take over at once, again and again.
  const untilNs = nowNs(clock) + BigInt(waitMs) * 1_000_000n;
  return { name: "standing-by", untilNs };
}
