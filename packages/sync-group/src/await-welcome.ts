import type { DeliveryService, TopicPosition } from "@history-sync/mls-group";
import {
  type Clock,
  HistorySyncError,
  type Logger,
} from "@history-sync/primitives";

export interface AwaitedWelcome {
  readonly position: TopicPosition;
  /** Takes what came in; tells whether it is what was waited for. */
  readonly take: (signal: AbortSignal) => Promise<boolean>;
  readonly deliveryService: DeliveryService;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Returns when this installation was added to a group, or when the time is over. */
export async function awaitWelcome(
  awaited: AwaitedWelcome,
  graceMs: number,
  ended: AbortSignal,
): Promise<void> {
  if (graceMs <= 0) return;
  const over = new AbortController();
  const signal = AbortSignal.any([ended, over.signal]);
  const timeIsOver = awaited.clock.sleep(graceMs, signal);
  try {
    await Promise.race([timeIsOver, welcomed(awaited, signal, timeIsOver)]);
  } finally {
    over.abort();
  }
  await awaited.take(ended);
}

async function welcomed(
  { position, take, deliveryService, log }: AwaitedWelcome,
  signal: AbortSignal,
  timeIsOver: Promise<void>,
): Promise<void> {
  try {
    for await (const _ of deliveryService.subscribe([position], signal)) {
      if (await take(signal)) return;
    }
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof HistorySyncError ? error.code : "unexpected";
    log("sync-group.connection-lost", { code });
  }
  await timeIsOver;
}
