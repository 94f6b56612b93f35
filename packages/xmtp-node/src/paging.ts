import { create } from "@bufbuild/protobuf";
import {
  type PagingInfo,
  PagingInfoSchema,
  SortDirection,
} from "@history-sync/proto/mls-api";
import { checkCursor } from "./checks.js";
import { pageEntries } from "./limits.js";
import type { ReadPage, ReadRange } from "./storage/node-storage.js";

/** The parts of an answer's page; without a direction the newest come first. */
export function rangeOf(
  paging: PagingInfo | undefined,
  maxBytes: number,
): ReadRange {
  const { direction, limit = 0, idCursor: cursor = 0n } = paging ?? {};
  checkCursor(cursor);
  return {
    direction:
      direction === SortDirection.ASCENDING ? "ascending" : "descending",
    cursor,
    maxEntries: limit > 0 && limit < pageEntries ? limit : pageEntries,
    maxBytes,
  };
}

/** The place to resume: after the last entry of a full page; 0 where the page is the last. */
export function pagingOf(
  { direction, maxEntries }: ReadRange,
  { entries, full }: ReadPage,
): PagingInfo {
  return create(PagingInfoSchema, {
    direction:
      direction === "ascending"
        ? SortDirection.ASCENDING
        : SortDirection.DESCENDING,
    limit: maxEntries,
    idCursor: full ? (entries.at(-1)?.id ?? 0n) : 0n,
  });
}
