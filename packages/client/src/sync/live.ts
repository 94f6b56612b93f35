import { MlsGroupError, type Topic } from "@history-sync/mls-group";
import type { GroupId } from "@history-sync/primitives";
import { followNews } from "@history-sync/sync-group";
import type { ClientContext } from "../context.js";
import type { Receiver } from "../messages/receiver.js";
import type { Topics } from "./topics.js";
import type { Welcomes } from "./welcomes.js";

export interface LiveParts
  extends Pick<
    ClientContext,
    "installation" | "deliveryService" | "clock" | "log"
  > {
  readonly topics: Topics;
  readonly welcomes: Welcomes;
  readonly receiver: Receiver;
}

/**
 * Receives Welcomes and messages as the node announces them. Resolves when the signal aborts.
 *
 * @throws the first error that isn't retryable, such as that of a broken store
 */
export async function followTopics(
  parts: LiveParts,
  closing: AbortSignal,
): Promise<void> {
  const { topics, deliveryService, clock, log } = parts;
  const news = followNews({
    sync: (signal, topic) => sync(topic, parts, signal),
    positions: () => topics.positions(),
    topicsChanged: () => topics.changed,
    ended: closing,
    deliveryService,
    clock,
    log,
  });
  for await (const _ of news);
}

/** Groups need no sync when the connection begins, which delivers everything after their positions. */
async function sync(
  topic: Topic | undefined,
  parts: LiveParts,
  signal: AbortSignal,
): Promise<void> {
  if (topic?.kind === "group") {
    await receiveFrom(topic.groupId, parts, signal);
  } else {
    await parts.welcomes.handle(signal);
  }
}

/** A group that can't be repaired doesn't keep the others from being read. */
async function receiveFrom(
  id: GroupId,
  { installation, receiver, log }: LiveParts,
  signal: AbortSignal,
): Promise<void> {
  const group = installation.group(id);
  if (!group) return;
  try {
    await receiver.receive(group, signal);
  } catch (error) {
    if (!(error instanceof MlsGroupError) || error.retryable) throw error;
    log("conversation.not-synced", { group: id, code: error.code });
  }
}
