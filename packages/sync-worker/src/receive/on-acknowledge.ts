import {
  type InstallationId,
  installationIdOf,
} from "@history-sync/primitives";
import type { DeviceSyncAcknowledge } from "@history-sync/proto/device-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import type { WorkerContext } from "../context/ports.js";
import { afterAcknowledgement } from "../request/election.js";
import { countExport } from "../request/export-budget.js";
import type { RequestBook } from "../request/request-book.js";
import type { SyncRequest } from "../request/sync-request.js";

/**
 * Handles an acknowledgement, this installation's own included: records it, then responds or stands by, as the order of
 * acknowledgements by the node's time says.
 */
export async function onAcknowledge(
  { sender, sentAtNs }: DeviceSyncMessage,
  wire: DeviceSyncAcknowledge,
  context: Pick<WorkerContext, "book" | "clock" | "settings" | "syncGroups">,
): Promise<void> {
  const { book, settings, syncGroups } = context;
  const acknowledgement = {
    installation: sender,
    rank: wire.rank ?? 0,
    atNs: sentAtNs,
    awaitingApproval: wire.awaitingApproval ?? false,
  };
  for (const request of await acknowledged(wire, sender, book)) {
    const notes = afterAcknowledgement(
      request,
      acknowledgement,
      settings.takeoverMs,
    );
    const noted = await book.note(request, notes);
    const begins =
      noted.role === "responder" &&
      noted.responder?.installation === syncGroups.installationId &&
      (noted.stage.name === "acknowledging" ||
        noted.stage.name === "standing-by");
    const withinBudget = !begins || (await countExport(noted, context));
    await book.apply(noted, { type: "acknowledged", withinBudget });
  }
}

/** A peer that doesn't name the requester means every request with the pin. */
async function acknowledged(
  { requestId, requester }: DeviceSyncAcknowledge,
  sender: InstallationId,
  book: RequestBook,
): Promise<readonly SyncRequest[]> {
  const id = requester?.length === 32 ? installationIdOf(requester) : undefined;
  return (await book.list()).filter(
    (request) =>
      request.pin === requestId &&
      request.requester === (id ?? request.requester) &&
      request.requester !== sender,
  );
}
