import { deliver, type MlsContext } from "../context.js";
import { MlsGroupError } from "../errors.js";
import type { Delivered, Topic } from "../ports/delivery-service.js";

// Ends a call to a delivery service that always has more. The next call resumes.
const maxPages = 1_000;

/**
 * Returns the entries of a topic after an id, page by page.
 *
 * @throws {MlsGroupError} `delivery-failed`, `delivery-disorder`
 */
export async function* entriesAfter(
  topic: Topic,
  afterId: bigint,
  { deliveryService }: MlsContext,
  signal: AbortSignal | undefined,
): AsyncGenerator<Delivered, void, undefined> {
  let cursor = afterId;
  for (let pages = 0; pages < maxPages; pages++) {
    const { entries, more } = await deliver(
      () => deliveryService.query(topic, cursor, { signal }),
      signal,
    );
    for (const entry of entries) {
      if (entry.id <= cursor) {
        throw new MlsGroupError(
          "delivery-disorder",
          `expected an id above ${cursor}, got ${entry.id}`,
          { retryable: true },
        );
      }
      cursor = entry.id;
      yield entry;
    }
    if (!more || entries.length === 0) return;
  }
}
