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

export interface ImportOptions {
  /** Names the archive: a second import of this id goes on where the first one stopped. Never use it for another. */
  readonly importId: string;
  readonly clock: Clock;
  /** Frames merged in one transaction. Default: 2,500, so that one write of an index's page serves many rows. */
  readonly pageRows?: number;
  /** Bytes of frames merged in one transaction, the last frame excepted. Default: 2 MiB, which bounds the memory. */
  readonly pageBytes?: number;
  readonly limits?: FrameLimits;
  /** Hears how many elements are done, after every page that is merged for good. */
  readonly onProgress?: (elements: number) => void;
  readonly signal?: AbortSignal;
}

const defaultPageRows = 2_500;
const defaultPageBytes = 2 * 1024 * 1024;

/**
 * Merges an archive into a store, a page at a time, and tells what became of its rows, and whether all came that its
 * manifest lists. It can stop anywhere: the same import goes on after the last page that was merged, and an import that
 * is done changes nothing when repeated. Frames are read from the first one on, unless `OpenPages` opens them later.
 *
 * A row that can't be right is skipped and counted. A frame that is no element, an error of the archive and an abort end
 * the import; rows that came before are kept.
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
          // An empty frame only parts those before it from those after it.
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

/** The pages to read, and how many frames come before them. */
function openedPages(
  archive: AsyncIterable<Uint8Array> | OpenPages,
  { position, positionFrames }: SeenArchive,
): readonly [AsyncIterable<FramePage>, number] {
  return typeof archive === "function"
    ? [archive(position), positionFrames]
    : [singlePages(archive), 0];
}

/** The archive's first element is its metadata, and the same in every run. */
function checkMetadata(first: Element, seen: SeenArchive): void {
  const metadata = metadataOf(first);
  seen.metadata ??= metadata;
  if (!equals(BackupMetadataSaveSchema, seen.metadata, metadata)) {
    throw wrongArchive("the metadata of the one that was begun, got another");
  }
}

/** The merge, after which the import remembers what came of the page. */
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
