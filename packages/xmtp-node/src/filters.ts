import { checkCount, checkCursor } from "./checks.js";
import { type TopicName, topicName } from "./storage/node-storage.js";

/** Where a subscription starts in one of its topics. */
export interface Filter {
  readonly key: Uint8Array;
  readonly idCursor: bigint;
}

/** The places that a subscription starts from; of a topic that is named twice, the earlier one. */
export function cursorsOf(
  kind: "group" | "welcomes",
  filters: readonly Filter[],
  maxFilters: number,
): ReadonlyMap<TopicName, bigint> {
  checkCount("filters", filters, maxFilters);
  const cursors = new Map<TopicName, bigint>();
  for (const { key, idCursor } of filters) {
    checkCursor(idCursor);
    const topic = topicName(kind, key);
    const known = cursors.get(topic);
    if (known === undefined || idCursor < known) cursors.set(topic, idCursor);
  }
  return cursors;
}
