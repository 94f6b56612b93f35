import type { Entry, ReadPage, ReadRange } from "./node-storage.js";

/** Returns the first of these entries, up to the limits of the range. */
export function takePage(
  entries: Iterable<Entry>,
  { maxEntries, maxBytes }: ReadRange,
): ReadPage {
  const taken: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += entry.body.length;
    if (taken.length > 0 && bytes > maxBytes) {
      return { entries: taken, full: true };
    }
    taken.push(entry);
    if (taken.length === maxEntries) return { entries: taken, full: true };
  }
  return { entries: taken, full: false };
}
