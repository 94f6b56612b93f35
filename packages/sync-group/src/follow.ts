import { Backoff, exponentialWaits } from "@history-sync/async";
import type {
  DeliveryService,
  Topic,
  TopicPosition,
} from "@history-sync/mls-group";
import {
  type Clock,
  isHistorySyncError,
  type Logger,
} from "@history-sync/primitives";
import { SyncGroupError } from "./errors.js";

/** The parts that {@link followNews} uses. */
export interface Followed {
  /** Receives the new entries of one topic, or of all topics where none is given. */
  readonly sync: (signal: AbortSignal, topic?: Topic) => Promise<void>;
  /** Returns all topics, each with the last entry that was received. */
  readonly positions: () => readonly TopicPosition[];
  /** Returns a signal that aborts when topics are added. */
  readonly topicsChanged: () => AbortSignal;
  readonly ended: AbortSignal;
  readonly deliveryService: DeliveryService;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The waits after syncs that failed. */
const waitMs = exponentialWaits({ firstMs: 1_000, growth: 2, maxMs: 60_000 });

/**
 * Yields after every sync that received entries, until `ended` aborts. A sync that fails with a retryable error is made
 * again. The delivery service reconnects; this function doesn't.
 *
 * @throws the first error that isn't retryable, of a sync or of the delivery service
 */
export async function* followNews(
  followed: Followed,
): AsyncGenerator<void, void, undefined> {
  const { ended, clock, log } = followed;
  const seen = new Map<string, bigint>();
  const onRetry = (error: unknown, { waitMs }: { readonly waitMs: number }) => {
    const code = isHistorySyncError(error) ? error.code : "unexpected";
    log("node.sync-failed", { code, waitMs });
  };
  const backoff = new Backoff({ waitMs }, { clock, onRetry, signal: ended });
  while (!ended.aborted) {
    try {
      for await (const _ of followTopics(followed, seen)) {
        backoff.reset();
        yield;
      }
    } catch (failure) {
      try {
        await backoff.afterFailure(failure);
      } catch (error) {
        if (ended.aborted) return;
        throw error;
      }
    }
  }
}

/** Follows the topics of one moment, until there are others. */
async function* followTopics(
  { sync, positions, topicsChanged, ended, deliveryService }: Followed,
  seen: Map<string, bigint>,
): AsyncGenerator<void, void, undefined> {
  const stopped = AbortSignal.any([ended, topicsChanged()]);
  await sync(ended);
  if (advance(seen, positions())) yield;
  for await (const entry of deliveryService.subscribe(positions(), stopped)) {
    if (entry.id <= (seen.get(nameOf(entry.topic)) ?? -1n)) continue;
    await sync(ended, entry.topic);
    if (advance(seen, positions())) yield;
    if (stopped.aborted) return;
  }
  if (stopped.aborted) return;
  throw new SyncGroupError(
    "subscription-ended",
    "expected the delivery service to reconnect, got the subscription's end",
  );
}

/** Updates the positions. Returns true if any of them has advanced. */
function advance(
  seen: Map<string, bigint>,
  positions: readonly TopicPosition[],
): boolean {
  let advanced = false;
  for (const { topic, afterId } of positions) {
    const name = nameOf(topic);
    if ((seen.get(name) ?? -1n) >= afterId) continue;
    seen.set(name, afterId);
    advanced = true;
  }
  return advanced;
}

function nameOf(topic: Topic): string {
  return topic.kind === "group" ? topic.groupId : topic.installationId;
}
