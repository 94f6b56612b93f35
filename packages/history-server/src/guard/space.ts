import { HistoryServerError } from "../errors.js";

/** The room that one upload takes while it runs. */
export interface Room {
  /** Counts bytes before they are stored; throws `storage-full` where they don't fit. */
  take(bytes: number): void;
  /** The bytes stay: they are stored. */
  keep(): void;
  /** The bytes are gone again; nothing after `keep`. */
  giveBack(): void;
}

/** How much is stored, against a limit. One for all that share a store. */
export interface Space {
  /** Throws `storage-full` where `bytes` more would not fit, and takes nothing. */
  expect(bytes: number): void;
  open(): Room;
  freed(bytes: number): void;
  /** Sets the bytes that a sweep has counted, which corrects changes by other processes. */
  recount(storedBytes: number): void;
  usedBytes(): number;
}

/** `maxTotalBytes` of all blobs and unfinished uploads together; no limit where absent. */
export function totalSpace(
  maxTotalBytes: number = Number.POSITIVE_INFINITY,
): Space {
  let stored = 0;
  let underway = 0;
  const expect = (bytes: number) => {
    if (stored + underway + bytes > maxTotalBytes) {
      throw new HistoryServerError(
        "storage-full",
        `the quota of ${maxTotalBytes} bytes is used up`,
        { retryable: true },
      );
    }
  };
  return {
    expect,
    open() {
      let taken = 0;
      return {
        take(bytes) {
          expect(bytes);
          taken += bytes;
          underway += bytes;
        },
        keep() {
          underway -= taken;
          stored += taken;
          taken = 0;
        },
        giveBack() {
          underway -= taken;
          taken = 0;
        },
      };
    },
    freed(bytes) {
      stored = Math.max(0, stored - bytes);
    },
    recount(storedBytes) {
      stored = storedBytes;
    },
    usedBytes: () => stored + underway,
  };
}
