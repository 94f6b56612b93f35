import { create } from "@bufbuild/protobuf";
import {
  type Clock,
  type GroupId,
  type InstallationId,
  idBytes,
  nowNs,
  type RandomBytes,
  systemRandomBytes,
} from "@history-sync/primitives";
import {
  BackupElementSelection,
  type BackupMetadataSave,
  BackupMetadataSaveSchema,
} from "@history-sync/proto/device-sync";
import type { ArchiveSnapshot, ArchiveSource } from "./archive-source.js";
import type { Element } from "./element.js";
import { ElementEncoder } from "./element-encoder.js";
import { ArchiveError } from "./errors.js";
import { archiveIdBytes, originOf } from "./manifest/ids.js";
import { ManifestTally } from "./manifest/manifest-tally.js";
import type { Selection } from "./selection.js";

/** The kinds of elements that an export selects. */
export type ExportElement = "messages" | "consent";

/**
 * The order of the elements:
 * - `xmtp`: metadata, then the selected elements in their order (conversations before messages, oldest first), the HMAC
 *   key and the manifest.
 * - `newest-first`: metadata, conversations, consent, HMAC key, an empty frame, messages from newest to oldest,
 *   manifest. Everything before the empty frame is useful without the rest.
 */
export type ArchiveOrder = "xmtp" | "newest-first";

/** The selection and the form of an export. */
export interface ExportOptions {
  /** The elements to export. Default: messages (with their conversations) and consent. */
  readonly elements?: readonly ExportElement[];
  /** Selects messages and conversations after this time, in nanoseconds since the Unix epoch, exclusive. */
  readonly startNs?: bigint | undefined;
  /** Selects messages and conversations up to this time, in nanoseconds since the Unix epoch, inclusive. */
  readonly endNs?: bigint | undefined;
  /** True to exclude messages that will expire. Expired messages are always excluded. */
  readonly excludeDisappearingMessages?: boolean;
  /** Selects only these conversations, their messages and consent about them. Default: all. */
  readonly conversations?: readonly GroupId[];
  /** Selects at most that many messages of each conversation, the newest ones. */
  readonly newestPerConversation?: number;
  /** The order of the elements. Default: `xmtp`. */
  readonly order?: ArchiveOrder;
  /** True to add the HMAC key. Default: true. Readers skip elements that they don't know. */
  readonly includeHmacKey?: boolean;
  /**
   * True to add a manifest, and the archive id that promises it. Without it, an import can't find out what is missing.
   * Default: true.
   */
  readonly includeManifest?: boolean;
  /** The exporting installation, for metadata and manifest. */
  readonly installationId?: InstallationId;
  readonly clock: Clock;
  /** The source of the archive's id. Default: the system's. */
  readonly randomBytes?: RandomBytes;
  /** Called with the archive's metadata before the first frame. */
  readonly onMetadata?: (metadata: BackupMetadataSave) => void;
  /** Called with the number of exported elements after every page of the source. */
  readonly onProgress?: (elements: number) => void;
  readonly signal?: AbortSignal;
}

const defaultElements: readonly ExportElement[] = ["messages", "consent"];

/**
 * Returns the frames of an archive in the given order; the last frame is the manifest. It reads one snapshot of the
 * source, page by page, and closes it at the end, after an error, and when the reader stops.
 *
 * @throws {ArchiveError} `invalid-option`
 *
 * @example
 * ```ts
 * import { exportArchive } from "@history-sync/archive";
 * import { MemoryHistory } from "@history-sync/archive/memory";
 * import { systemClock } from "@history-sync/primitives";
 *
 * const source = new MemoryHistory();
 * for await (const frame of exportArchive(source, { clock: systemClock })) {
 *   console.log(frame.length);
 * }
 * ```
 */
export async function* exportArchive(
  source: ArchiveSource,
  options: ExportOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  options.signal?.throwIfAborted();
  checkOptions(options);
  const metadata = metadataOf(options);
  const snapshot = await source.snapshot();
  const encoder = new ElementEncoder();
  const tally = metadata.archiveId ? new ManifestTally() : undefined;
  let elements = 0;
  try {
    options.onMetadata?.(metadata);
    for await (const page of elementPages(snapshot, metadata, options)) {
      for (const element of page) {
        options.signal?.throwIfAborted();
        tally?.add(element);
        yield encoder.encode(element);
      }
      elements += page.length;
      options.onProgress?.(elements);
    }
  } finally {
    await snapshot.close();
  }
  if (tally) {
    const value = tally.manifest(originOf(metadata));
    yield encoder.encode({ case: "manifest", value });
    options.onProgress?.(elements + 1);
  }
}

type Pages = AsyncGenerator<readonly Element[], void, undefined>;

async function* elementPages(
  snapshot: ArchiveSnapshot,
  metadata: BackupMetadataSave,
  options: ExportOptions,
): Pages {
  const { order = "xmtp", includeHmacKey = true } = options;
  const elements = elementsOf(options);
  const selection = selectionOf(metadata.exportedAtNs, options);
  const pages = pagesOf(snapshot, selection);
  yield [{ case: "metadata", value: metadata }];
  if (order === "newest-first") {
    if (elements.has("messages")) yield* pages.groups();
    if (elements.has("consent")) yield* pages.consent();
    if (includeHmacKey) yield* pages.hmacKey();
    if (elements.has("messages")) {
      yield [emptyFrame];
      yield* pages.messages("newest-first");
    }
    return;
  }
  for (const element of elements) {
    if (element === "messages") {
      yield* pages.groups();
      yield* pages.messages("oldest-first");
    } else {
      yield* pages.consent();
    }
  }
  if (includeHmacKey) yield* pages.hmacKey();
}

/** No element has an empty encoding. */
const emptyFrame: Element = { case: undefined };

/** Returns the rows of a snapshot as elements. */
function pagesOf(snapshot: ArchiveSnapshot, selection: Selection) {
  return {
    async *groups(): Pages {
      for await (const page of snapshot.groups(selection)) {
        yield page.map((value) => ({ case: "group", value }));
      }
    },
    async *messages(order: "oldest-first" | "newest-first"): Pages {
      for await (const page of snapshot.messages(selection, order)) {
        yield page.map((value) => ({ case: "groupMessage", value }));
      }
    },
    async *consent(): Pages {
      for await (const page of snapshot.consent(selection)) {
        yield page.map((value) => ({ case: "consent", value }));
      }
    },
    async *hmacKey(): Pages {
      const value = await snapshot.hmacKey();
      if (value) yield [{ case: "hmacKey", value }];
    },
  };
}

const wireElements = {
  messages: BackupElementSelection.MESSAGES,
  consent: BackupElementSelection.CONSENT,
} as const;

function elementsOf(options: ExportOptions): ReadonlySet<ExportElement> {
  return new Set(options.elements ?? defaultElements);
}

function metadataOf(options: ExportOptions): BackupMetadataSave {
  const { includeManifest = true, installationId } = options;
  const { randomBytes = systemRandomBytes } = options;
  const elements = [...elementsOf(options)];
  return create(BackupMetadataSaveSchema, {
    elements: elements.map((element) => wireElements[element]),
    exportedAtNs: nowNs(options.clock),
    ...windowOf(options),
    ...(includeManifest ? { archiveId: randomBytes(archiveIdBytes) } : {}),
    ...(installationId ? { installationId: idBytes(installationId) } : {}),
  });
}

function selectionOf(nowNs: bigint, options: ExportOptions): Selection {
  const { excludeDisappearingMessages = false } = options;
  const { conversations, newestPerConversation } = options;
  return {
    nowNs,
    excludeDisappearingMessages,
    ...windowOf(options),
    ...(conversations ? { conversations } : {}),
    ...(newestPerConversation === undefined ? {} : { newestPerConversation }),
  };
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

function checkOptions({ newestPerConversation: newest }: ExportOptions): void {
  if (newest === undefined || (Number.isSafeInteger(newest) && newest >= 0)) {
    return;
  }
  throw new ArchiveError(
    "invalid-option",
    `newestPerConversation: expected a whole number of at least 0, got ${newest}`,
  );
}
