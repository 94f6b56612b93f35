import { equals } from "@bufbuild/protobuf";
import { type Clock, nowNs } from "@history-sync/primitives";
import {
  BackupMetadataSaveSchema,
  type GroupMessageSave,
} from "@history-sync/proto/device-sync";
import type { ArchiveSink, Merge } from "./archive-sink.js";
import { decodeElement, type Element } from "./element.js";
import { ArchiveError } from "./errors.js";
import { type FramePage, type OpenPages, singlePages } from "./frame-pages.js";
import { PageRows, Paginator } from "./import-page.js";
import { type ImportSummary, ImportTally } from "./import-summary.js";
import { defaultFrameLimits, type FrameLimits } from "./limits.js";
import { originOf } from "./manifest/ids.js";
import { SeenArchive } from "./manifest/import-state.js";
import { receiptOf } from "./manifest/receipt.js";
import { mergeRows } from "./merge/rows.js";
import { metadataOf, noMetadata } from "./read-metadata.js";

/** The id and the limits of an import. */
export interface ImportOptions {
  /** The id of the import. A second import with this id resumes after the first one. Use a new id for every archive. */
  readonly importId: string;
  readonly clock: Clock;
  /**
   * The number of frames merged in one transaction. Default: 2,500, so that one write of an index page serves many
   * rows.
   */
  readonly pageRows?: number;
  /** The bytes of frames merged in one transaction, without the last frame. Default: 2 MiB, which bounds the memory. */
  readonly pageBytes?: number;
  readonly limits?: FrameLimits;
  /** Called with the number of imported elements after every page that is committed. */
  readonly onProgress?: (elements: number) => void;
  readonly signal?: AbortSignal;
}

const defaultPageRows = 2_500;
const defaultPageBytes = 2 * 1024 * 1024;

/**
 * Merges an archive into a store, page by page. Returns what was done with its rows, and whether everything in its
 * manifest has arrived. It can be interrupted at any time: an import with the same id resumes after the last committed
 * page, and changes nothing when it is repeated. Frames are read from the first one, unless an `OpenPages` opens the
 * archive at a later one.
 *
 * An invalid row is skipped and counted. A frame that isn't an element, an error of the archive and an abort end the
 * import; rows that came before are kept.
 *
 * @throws {ArchiveError} `bad-frame`, `frame-too-large`, `no-metadata`, `wrong-archive`, `invalid-option`
 *
 * @example
 * ```ts
 * import { exportArchive, importArchive } from "@history-sync/archive";
 * import { MemoryHistory } from "@history-sync/archive/memory";
 * import { systemClock as clock } from "@history-sync/primitives";
 *
 * const frames = exportArchive(new MemoryHistory(), { clock });
 * const options = { clock, importId: "1" };
 * const summary = await importArchive(frames, new MemoryHistory(), options);
 * console.log(summary.receipt?.complete);
 * ```
 */
export async function importArchive(
  archive: AsyncIterable<Uint8Array> | OpenPages,
  sink: ArchiveSink,
  options: ImportOptions,
): Promise<ImportSummary> {
  const { importId, clock, onProgress, signal } = options;
  const { pageRows = defaultPageRows, pageBytes = defaultPageBytes } = options;
  const { limits = defaultFrameLimits } = options;
  signal?.throwIfAborted();
  const earlier = await sink.progress(importId);
  const resumedAfter = earlier?.state ? earlier.cursor : 0;
  const seen = new SeenArchive(earlier?.state);
  const [pages, start] = openedPages(archive, seen);
  const tally = new ImportTally();
  const paginator = new Paginator(seen, tally, clock);
  let position = start;
  let page = new PageRows();

  const mergePage = async () => {
    const full = page;
    page = new PageRows();
    if (full.frames === 0 || !seen.metadata) return;
    const { groups, messages, consent, hmacKey, refused } = full;
    const rows = { groups, messages, consent, hmacKey };
    const step = { id: importId, cursor: position, ...originOf(seen.metadata) };
    const merge = remembering(seen, refused, mergeRows(nowNs(clock)));
    tally.add(await sink.mergePage({ ...rows, import: step }, merge));
    onProgress?.(position);
  };

  try {
    for await (const { frames, next } of pages) {
      for (const frame of frames) {
        signal?.throwIfAborted();
        if (position === 0) {
          checkMetadata(decodeElement(frame, { position, limits }), seen);
        }
        if (position >= resumedAfter) {
          const element = decodeElement(frame, { position, limits });
          // An empty frame only separates the frames before it from those after it.
          if (frame.length > 0) paginator.add(element, page);
          page.frames++;
          page.bytes += frame.length;
        }
        position++;
        if (page.frames >= pageRows || page.bytes >= pageBytes) {
          await mergePage();
        }
      }
      if (next) seen.reach(next, position);
    }
  } catch (fault) {
    await mergePage();
    throw fault;
  }
  const { metadata } = seen;
  if (!metadata) throw noMetadata("no frame at all");
  if (position < resumedAfter) {
    throw wrongArchive(
      `more than the ${resumedAfter} frames that are merged already, got ${position}`,
    );
  }
  await mergePage();
  const receipt = receiptOf(seen);
  return tally.summary({
    metadata,
    frames: position,
    resumedAfter,
    ...(receipt ? { receipt } : {}),
  });
}

/** Returns the pages to read, and the number of frames before them. */
function openedPages(
  archive: AsyncIterable<Uint8Array> | OpenPages,
  { position, positionFrames }: SeenArchive,
): readonly [AsyncIterable<FramePage>, number] {
  return typeof archive === "function"
    ? [archive(position), positionFrames]
    : [singlePages(archive), 0];
}

/** Checks that the first element is the archive's metadata, the same in every run. */
function checkMetadata(first: Element, seen: SeenArchive): void {
  const metadata = metadataOf(first);
  seen.metadata ??= metadata;
  if (!equals(BackupMetadataSaveSchema, seen.metadata, metadata)) {
    throw wrongArchive("the metadata of the one that was begun, got another");
  }
}

/** Returns the merge, which adds the outcome of the page to the state of the import. */
function remembering(
  seen: SeenArchive,
  refused: readonly GroupMessageSave[],
  merge: Merge,
): Merge {
  return (local, page) => {
    const merged = merge(local, page);
    for (const [i, message] of page.messages.entries()) {
      seen.addMessage(message, merged.outcomes[i] ?? "skipped");
    }
    for (const message of refused) seen.addMessage(message, "skipped");
    return { ...merged, state: seen.toState() };
  };
}

function wrongArchive(expected: string): ArchiveError {
  return new ArchiveError("wrong-archive", `expected ${expected}`);
}
