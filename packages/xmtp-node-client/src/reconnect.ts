import { Backoff, fixedWaits } from "@history-sync/async";
import type { Delivered, TopicPosition } from "@history-sync/mls-group";
import { type Calls, callFailure } from "./calls.js";
import { topicKey } from "./delivered.js";
import { XmtpNodeClientError } from "./errors.js";

/** The longest wait between two attempts to connect again. */
const maxWaitMs = 10_000;

/**
 * Yields the entries of a stream and reconnects from the last one of each topic, until the signal aborts. Each entry is
 * yielded once, ascending within its topic.
 *
 * @throws {XmtpNodeClientError} an error that isn't retryable
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
  const policy = { waitMs: fixedWaits(retryWaitsMs, maxWaitMs) };
  const backoff = new Backoff(policy, { clock, signal });
  while (!signal.aborted) {
    let failure = streamEnded();
    try {
      for await (const entry of connect([...places.values()])) {
        if (signal.aborted) return;
        backoff.reset();
        if (!entry) continue;
        const key = topicKey(entry.topic);
        const place = places.get(key);
        if (!place || entry.id <= place.afterId) continue;
        places.set(key, { topic: place.topic, afterId: entry.id });
        yield entry;
      }
    } catch (cause) {
      failure = callFailure(cause);
    }
    try {
      await backoff.afterFailure(failure);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
  }
}

function streamEnded(): XmtpNodeClientError {
  return new XmtpNodeClientError(
    "unavailable",
    "expected the stream to last, got its end",
    { retryable: true },
  );
}
