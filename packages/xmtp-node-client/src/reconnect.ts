import type { Delivered, TopicPosition } from "@history-sync/mls-group";
import { type Calls, callFailure } from "./calls.js";
import { topicKey } from "./delivered.js";

/** The longest wait between two attempts to connect again. */
const maxWaitMs = 10_000;

/**
 * A stream that connects again, from where it was, until the signal aborts or the node refuses for good. Every entry
 * comes once, ascending within its topic.
 */
export async function* reconnecting(
  positions: readonly TopicPosition[],
  connect: (
    positions: readonly TopicPosition[],
  ) => AsyncIterable<Delivered | undefined>,
  { clock, retryWaitsMs }: Pick<Calls, "clock" | "retryWaitsMs">,
  signal: AbortSignal,
): AsyncGenerator<Delivered, void, undefined> {
  const places = new Map(
    positions.map((position) => [topicKey(position.topic), position]),
  );
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      for await (const entry of connect([...places.values()])) {
        if (signal.aborted) return;
        failures = 0;
        if (!entry) continue;
        const key = topicKey(entry.topic);
        const place = places.get(key);
        if (!place || entry.id <= place.afterId) continue;
        places.set(key, { topic: place.topic, afterId: entry.id });
        yield entry;
      }
    } catch (cause) {
      if (signal.aborted) return;
      const error = callFailure(cause);
      if (!error.retryable) throw error;
    }
    await clock
      .sleep(retryWaitsMs[failures] ?? maxWaitMs, signal)
      .catch(() => {});
  }
}
