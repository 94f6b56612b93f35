import type { NodeContext } from "./node-context.js";
import type { NewEntry, TopicKind } from "./storage/node-storage.js";

/** Stores entries that were all checked before, and counts them. */
export async function storeEntries(
  kind: TopicKind,
  entries: readonly NewEntry[],
  { storage, metrics }: NodeContext,
): Promise<void> {
  const appended = await Promise.all(
    entries.map((entry) => storage.append(entry)),
  );
  for (const { duplicate } of appended) metrics.stored(kind, duplicate);
}
