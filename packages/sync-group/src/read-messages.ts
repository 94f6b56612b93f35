import type { MlsGroup } from "@history-sync/mls-group";
import { type Clock, type Logger, nowNs } from "@history-sync/primitives";
import {
  type DeviceSyncMessage,
  unwrapContent,
} from "./device-sync-message.js";
import { SyncGroupError } from "./errors.js";

/** What a later release may say is kept for as long as an archive may stay, so that an update finds it. */
const keptForNs = 30n * 24n * 60n * 60n * 1_000_000_000n;
const maxKept = 100;

/**
 * What a group has received and nobody has handled. What isn't understood is left out: it is forgotten if it is
 * broken, and kept for some time if it is a message of a kind that a later release may know.
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
