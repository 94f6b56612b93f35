import { create } from "@bufbuild/protobuf";
import { type Clock, nowNs } from "@history-sync/primitives";
import {
  BackupElementSelection,
  type BackupMetadataSave,
  BackupMetadataSaveSchema,
} from "@history-sync/proto/device-sync";
import type { ArchiveSnapshot, ArchiveSource } from "./archive-source.js";
import type { Element } from "./element.js";
import { ElementEncoder } from "./element-encoder.js";
import type { Selection } from "./selection.js";

/** What an archive can be asked to hold. */
export type ExportElement = "messages" | "consent";

export interface ExportOptions {
  /** Default: messages (with their conversations) and consent. The archive has them in this order. */
  readonly elements?: readonly ExportElement[];
  /** Messages and conversations after this time; nanoseconds since the Unix epoch, exclusive. */
  readonly startNs?: bigint | undefined;
  /** Messages and conversations up to this time; nanoseconds since the Unix epoch, inclusive. */
  readonly endNs?: bigint | undefined;
  /** Leaves out every message that has an expiry; those that expired are left out anyway. */
  readonly excludeDisappearingMessages?: boolean;
  /** Default: true. Other readers skip an element that they don't know. */
  readonly includeHmacKey?: boolean;
  readonly clock: Clock;
  /** Hears what the archive says of itself, before the first frame. */
  readonly onMetadata?: (metadata: BackupMetadataSave) => void;
  /** Hears how many elements are done, after every page of the source. */
  readonly onProgress?: (elements: number) => void;
  readonly signal?: AbortSignal;
}

const defaultElements: readonly ExportElement[] = ["messages", "consent"];

/**
 * The frames of an archive: metadata, then conversations and their messages, then consent, then the HMAC key.
 * One snapshot of the source is read, a page at a time, and closed at the end, at an error, and when the reader stops.
 */
export async function* exportArchive(
  source: ArchiveSource,
  options: ExportOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  options.signal?.throwIfAborted();
  const snapshot = await source.snapshot();
  const encoder = new ElementEncoder();
  try {
    let elements = 0;
    for await (const page of elementPages(snapshot, options)) {
      for (const element of page) {
        options.signal?.throwIfAborted();
        yield encoder.encode(element);
      }
      elements += page.length;
      options.onProgress?.(elements);
    }
  } finally {
    await snapshot.close();
  }
}

async function* elementPages(
  snapshot: ArchiveSnapshot,
  options: ExportOptions,
): AsyncGenerator<readonly Element[], void, undefined> {
  const exportedAtNs = nowNs(options.clock);
  const elements = new Set(options.elements ?? defaultElements);
  const value = metadataOf(exportedAtNs, elements, options);
  options.onMetadata?.(value);
  yield [{ case: "metadata", value }];
  for (const element of elements) {
    if (element === "messages") {
      const selection = selectionOf(exportedAtNs, options);
      for await (const page of snapshot.groups(selection)) {
        yield page.map((value) => ({ case: "group", value }));
      }
      for await (const page of snapshot.messages(selection)) {
        yield page.map((value) => ({ case: "groupMessage", value }));
      }
    } else {
      for await (const page of snapshot.consent()) {
        yield page.map((value) => ({ case: "consent", value }));
      }
    }
  }
  const { includeHmacKey = true } = options;
  const hmacKey = includeHmacKey ? await snapshot.hmacKey() : undefined;
  if (hmacKey) yield [{ case: "hmacKey", value: hmacKey }];
}

const wireElements = {
  messages: BackupElementSelection.MESSAGES,
  consent: BackupElementSelection.CONSENT,
} as const;

function metadataOf(
  exportedAtNs: bigint,
  elements: ReadonlySet<ExportElement>,
  options: ExportOptions,
): BackupMetadataSave {
  return create(BackupMetadataSaveSchema, {
    elements: [...elements].map((element) => wireElements[element]),
    exportedAtNs,
    ...windowOf(options),
  });
}

function selectionOf(nowNs: bigint, options: ExportOptions): Selection {
  const { excludeDisappearingMessages = false } = options;
  return { nowNs, excludeDisappearingMessages, ...windowOf(options) };
}

function windowOf({ startNs, endNs }: ExportOptions): {
  startNs?: bigint;
  endNs?: bigint;
} {
  return {
    ...(startNs === undefined ? {} : { startNs }),
    ...(endNs === undefined ? {} : { endNs }),
  };
}
