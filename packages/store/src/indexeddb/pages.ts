import { compareBytes } from "@history-sync/archive";

/** The part of an object store or an index that `readPage` uses. */
export interface KeyOrdered<Record> {
  getAll(range: IDBKeyRange | null, count?: number): Promise<Record[]>;
  openKeyCursor(
    range: IDBKeyRange | null,
    direction: "prev",
  ): Promise<KeyCursor | null>;
}

interface KeyCursor {
  readonly key: IDBValidKey;
  advance<Cursor>(this: Cursor, count: number): Promise<Cursor | null>;
}

export type Direction = "rising" | "falling";

/** A range of keys. A missing end is unbounded. */
export interface KeySpan {
  readonly from?: IDBValidKey;
  readonly to?: IDBValidKey;
  readonly withoutFrom?: boolean;
  readonly withoutTo?: boolean;
}

export function keyRange(span: KeySpan): IDBKeyRange | null {
  const { from, to, withoutFrom = false, withoutTo = false } = span;
  if (from !== undefined && to !== undefined) {
    return IDBKeyRange.bound(from, to, withoutFrom, withoutTo);
  }
  if (from !== undefined) return IDBKeyRange.lowerBound(from, withoutFrom);
  return to === undefined ? null : IDBKeyRange.upperBound(to, withoutTo);
}

/** Returns the part of a span after a key, in the direction. */
export function spanAfter(
  span: KeySpan,
  key: IDBValidKey,
  direction: Direction,
): KeySpan {
  return direction === "rising"
    ? { ...span, from: key, withoutFrom: true }
    : { ...span, to: key, withoutTo: true };
}

/** Returns the part of a span up to and including a key, in the direction. */
export function spanUpTo(
  span: KeySpan,
  key: IDBValidKey,
  direction: Direction,
): KeySpan {
  return direction === "rising"
    ? { ...span, to: key, withoutTo: false }
    : { ...span, from: key, withoutFrom: false };
}

// The target size of a page. More rows wouldn't be faster, and more bytes would fill the memory.
const pageRows = 1_000;
const pageBytes = 4 * 1024 * 1024;

/** Returns the number of records for the next page, assuming that they are as long as these. */
export function nextPageRows(
  page: readonly { readonly row: Uint8Array }[],
): number {
  const bytes = page.reduce((sum, { row }) => sum + row.length, 0);
  const fitting = Math.floor((pageBytes * page.length) / Math.max(1, bytes));
  return Math.max(1, Math.min(pageRows, fitting));
}

/** Returns the first records of a span in the direction, at most `limit`, which is at least 1. */
export async function readPage<Record>(
  source: KeyOrdered<Record>,
  span: KeySpan,
  direction: Direction,
  limit: number,
): Promise<Record[]> {
  if (direction === "rising") return source.getAll(keyRange(span), limit);
  // IndexedDB can't read many records at once backwards, so this finds the key of the last one and reads everything up
  // to it.
  const newest = await source.openKeyCursor(keyRange(span), "prev");
  if (!newest) return [];
  const oldest = limit === 1 ? newest : await newest.advance(limit - 1);
  const part = oldest ? spanUpTo(span, oldest.key, direction) : span;
  return (await source.getAll(keyRange(part))).reverse();
}

/** Returns the newest records of several spans together, newest first: at most `limit`, which is at least 1. */
export async function readTogether<
  Record extends { readonly position: Uint8Array },
>(
  source: KeyOrdered<Record>,
  spans: readonly KeySpan[],
  limit: number,
): Promise<readonly Record[]> {
  let newest: readonly Record[] = [];
  for (const span of spans) {
    const page = await readPage(source, span, "falling", limit);
    newest = [...newest, ...page]
      .sort((a, b) => compareBytes(b.position, a.position))
      .slice(0, limit);
  }
  return newest;
}
