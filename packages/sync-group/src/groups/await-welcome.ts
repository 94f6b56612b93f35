import type { DeliveryService, TopicPosition } from "@history-sync/mls-group";
import {
  type Clock,
  HistorySyncError,
  type Logger,
} from "@history-sync/primitives";

export interface AwaitedWelcome {
  readonly position: TopicPosition;
  /** Handles new Welcomes. Returns true if the awaited one was among them. */
  readonly handle: (signal: AbortSignal) => Promise<boolean>;
  readonly deliveryService: DeliveryService;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Resolves when this installation was added to a group, or after `graceMs`. */
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
  await awaited.handle(ended);
}

async function welcomed(
  { position, handle, deliveryService, log }: AwaitedWelcome,
  signal: AbortSignal,
  timeIsOver: Promise<void>,
): Promise<void> {
  try {
    for await (const _ of deliveryService.subscribe([position], signal)) {
      if (await handle(signal)) return;
    }
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof HistorySyncError ? error.code : "unexpected";
    log("sync-group.connection-lost", { code });
  }
  await timeIsOver;
}
