import type {
  Delivered,
  DeliveryService,
  Topic,
  TopicPosition,
} from "@history-sync/mls-group";
import {
  type Clock,
  HistorySyncError,
  type Logger,
} from "@history-sync/primitives";
import { SyncGroupError } from "./errors.js";

export interface Followed {
  /** Takes in what one topic has; without one, what all of them have. */
  readonly sync: (signal: AbortSignal, topic?: Topic) => Promise<void>;
  /** Where a sync has got to, in every topic that there is. */
  readonly positions: () => readonly TopicPosition[];
  /** Aborts when there are more topics than before. */
  readonly topicsChanged: () => AbortSignal;
  readonly ended: AbortSignal;
  readonly deliveryService: DeliveryService;
  readonly clock: Clock;
  readonly log: Logger;
}

const firstWaitMs = 1_000;
const maxWaitMs = 60_000;

/** Yields after every sync that found news, from one connection to the next. */
export async function* followNews(
  followed: Followed,
): AsyncGenerator<void, void, undefined> {
  const { ended, clock, log } = followed;
  const told = new Map<string, bigint>();
  let waitMs = firstWaitMs;
  while (!ended.aborted) {
    try {
      for await (const _ of connection(followed, told)) {
        waitMs = firstWaitMs;
        yield;
      }
      continue;
    } catch (error) {
      if (ended.aborted) return;
      // A broken connection may come back; a broken store won't.
      if (!(error instanceof HistorySyncError) || !error.retryable) throw error;
      log("node.connection-lost", { code: error.code, waitMs });
    }
    if (!(await waited(clock, waitMs, ended))) return;
    waitMs = Math.min(2 * waitMs, maxWaitMs);
  }
}

/** One connection, until it ends or there are other topics to ask for. */
async function* connection(
  followed: Followed,
  told: Map<string, bigint>,
): AsyncGenerator<void, void, undefined> {
  const { sync, positions, topicsChanged, ended } = followed;
  const stopped = AbortSignal.any([ended, topicsChanged()]);
  await sync(ended);
  if (tell(positions(), told)) yield;
  for await (const entry of live(positions(), followed, stopped)) {
    if (entry.id <= (told.get(nameOf(entry.topic)) ?? -1n)) continue;
    await sync(ended, entry.topic);
    if (tell(positions(), told)) yield;
    if (stopped.aborted) return;
  }
  if (!stopped.aborted) {
    throw new SyncGroupError(
      "connection-lost",
      "expected the connection to last, got its end",
      { retryable: true },
    );
  }
}

async function* live(
  positions: readonly TopicPosition[],
  { deliveryService }: Followed,
  stopped: AbortSignal,
): AsyncGenerator<Delivered, void, undefined> {
  try {
    yield* deliveryService.subscribe(positions, stopped);
  } catch (cause) {
    if (stopped.aborted) return;
    throw new SyncGroupError(
      "connection-lost",
      "expected the connection to last, got an error",
      { retryable: true, cause },
    );
  }
}

/** Notes the positions; says whether any of them is news. */
function tell(
  positions: readonly TopicPosition[],
  told: Map<string, bigint>,
): boolean {
  let isNews = false;
  for (const { topic, afterId } of positions) {
    const name = nameOf(topic);
    if ((told.get(name) ?? -1n) >= afterId) continue;
    told.set(name, afterId);
    isNews = true;
  }
  return isNews;
}

function nameOf(topic: Topic): string {
  return topic.kind === "group" ? topic.groupId : topic.installationId;
}

/** Whether the time went by; false when the signal came first. */
async function waited(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
