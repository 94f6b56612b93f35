import type { MlsGroup } from "@history-sync/mls-group";
import { type Clock, type Logger, nowNs } from "@history-sync/primitives";
import { SyncGroupError } from "../errors.js";
import {
  type DeviceSyncMessage,
  unwrapContent,
} from "./device-sync-message.js";

/** Messages of unknown kinds are kept for as long as an archive may stay, so that a later release finds them. */
const keptForNs = 30n * 24n * 60n * 60n * 1_000_000_000n;
const maxKept = 100;

/**
 * Returns a group's unhandled messages. Bytes that are no device-sync message are deleted; a message of an unknown kind is
 * left out and kept for 30 days.
 */
export async function readMessages(
  group: Pick<MlsGroup, "id" | "received" | "markHandled">,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<readonly DeviceSyncMessage[]> {
  const messages: DeviceSyncMessage[] = [];
  const unknown: bigint[] = [];
  const useless: bigint[] = [];
  const keptSinceNs = nowNs(clock) - keptForNs;
  for (const record of await group.received()) {
    const { plaintext, credential: _, ...received } = record;
    try {
      const { id, content } = unwrapContent(plaintext, group.id);
      messages.push({ ...received, id, content });
    } catch (error) {
      if (!(error instanceof SyncGroupError)) throw error;
      const isKept =
        error.code === "unknown-content" && received.sentAtNs >= keptSinceNs;
      (isKept ? unknown : useless).push(received.sequence);
    }
  }
  const tooMany = unknown.slice(0, Math.max(0, unknown.length - maxKept));
  for (const sequence of [...useless, ...tooMany]) {
    log("sync-message.skipped", { group: group.id, sequence });
    await group.markHandled([{ sequence }]);
  }
  return messages;
}
