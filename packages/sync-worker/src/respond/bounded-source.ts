import { toBinary } from "@bufbuild/protobuf";
import type { ArchiveSnapshot, ArchiveSource } from "@history-sync/archive";
import {
  GroupMessageSaveSchema,
  GroupSaveSchema,
} from "@history-sync/proto/device-sync";

/** Returns the same history, cut after so many bytes of conversations and messages; without a bound, all of it. */
export function boundedSource(
  source: ArchiveSource,
  maxBytes: number | undefined,
): ArchiveSource {
  if (maxBytes === undefined) return source;
  return {
    async snapshot() {
      return boundedSnapshot(await source.snapshot(), maxBytes);
    },
  };
}

function boundedSnapshot(
  snapshot: ArchiveSnapshot,
  maxBytes: number,
): ArchiveSnapshot {
  let left = maxBytes;
  /** The rows that there is room for, and whether those were all. */
  const fitting = <Row>(
    rows: readonly Row[],
    bytesOf: (row: Row) => number,
  ) => {
    const fit: Row[] = [];
    for (const row of rows) {
      left -= bytesOf(row);
      if (left < 0) break;
      fit.push(row);
    }
    return fit;
  };
  return {
    async *groups(selection) {
      for await (const page of snapshot.groups(selection)) {
        yield page;
        for (const row of page) left -= toBinary(GroupSaveSchema, row).length;
      }
    },
    async *messages(selection, order) {
      for await (const page of snapshot.messages(selection, order)) {
        yield fitting(
          page,
          (row) => toBinary(GroupMessageSaveSchema, row).length,
        );
        if (left < 0) return;
      }
    },
    consent: (selection) => snapshot.consent(selection),
    hmacKey: () => snapshot.hmacKey(),
    close: () => snapshot.close(),
  };
}
