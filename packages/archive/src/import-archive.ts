import { type Clock, nowNs } from "@history-sync/primitives";
import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import type { ArchiveSink } from "./archive-sink.js";
import { decodeElement } from "./element.js";
import { ArchiveError } from "./errors.js";
import { PageRows, Paginator } from "./import-page.js";
import { type ImportSummary, ImportTally } from "./import-summary.js";
import { defaultFrameLimits, type FrameLimits } from "./limits.js";
import { mergeRows } from "./merge/rows.js";
import { metadataOf, noMetadata } from "./read-metadata.js";

export interface ImportOptions {
  /** Names the archive: a second import of this id goes on where the first one stopped. Never use it for another. */
  readonly importId: string;
  readonly clock: Clock;
  /** Frames merged in one transaction. Default: 1,000, which makes a transaction's cost small beside its rows'. */
  readonly pageRows?: number;
  /** Bytes of frames merged in one transaction, the last frame excepted. Default: 4 MiB, which bounds the memory. */
  readonly pageBytes?: number;
  readonly limits?: FrameLimits;
  /** Hears how many elements are done, after every page that is merged for good. */
  readonly onProgress?: (elements: number) => void;
  readonly signal?: AbortSignal;
}

const defaultPageRows = 1_000;
const defaultPageBytes = 4 * 1024 * 1024;

/**
 * Merges an archive into a store, a page at a time, and tells what became of its rows. It can stop anywhere: the
 * same import goes on after the last page that was merged, and an import that is done changes nothing when repeated.
 *
 * A row that can't be right is skipped and counted. A frame that is no element, an error of `frames` and an abort end
 * the import; rows that came before are kept.
 */
export async function importArchive(
  frames: AsyncIterable<Uint8Array>,
  sink: ArchiveSink,
  options: ImportOptions,
): Promise<ImportSummary> {
  const { importId, clock, onProgress, signal } = options;
  const { pageRows = defaultPageRows, pageBytes = defaultPageBytes } = options;
  const { limits = defaultFrameLimits } = options;
  signal?.throwIfAborted();
  const resumedAfter = await sink.cursor(importId);
  const tally = new ImportTally();
  let archive: { metadata: BackupMetadataSave; pages: Paginator } | undefined;
  let page = new PageRows();
  let position = 0;

  const mergePage = async () => {
    const full = page;
    page = new PageRows();
    if (full.frames === 0) return;
    const cursor = { id: importId, cursor: position };
    const { groups, messages, consent, hmacKey } = full;
    const rows = { groups, messages, consent, hmacKey };
    const merge = mergeRows(nowNs(clock));
    tally.add(await sink.mergePage({ ...rows, import: cursor }, merge));
    onProgress?.(position);
  };

  try {
    for await (const frame of frames) {
      signal?.throwIfAborted();
      const element = decodeElement(frame, { position, limits });
      if (!archive) {
        const metadata = metadataOf(element);
        const exportedAtNs = exportTimeNs(metadata, clock);
        archive = { metadata, pages: new Paginator(exportedAtNs, tally) };
      }
      if (position < resumedAfter) {
        archive.pages.pass(element);
      } else {
        archive.pages.add(element, page);
        page.frames++;
        page.bytes += frame.length;
      }
      position++;
      if (page.frames >= pageRows || page.bytes >= pageBytes) await mergePage();
    }
  } catch (fault) {
    await mergePage();
    throw fault;
  }
  if (!archive) throw noMetadata("no frame at all");
  if (position < resumedAfter) throw wrongArchive(resumedAfter, position);
  await mergePage();
  return tally.summary({
    metadata: archive.metadata,
    frames: position,
    resumedAfter,
  });
}

/** When the archive was made, as far as that can be: not after now. */
function exportTimeNs(
  { exportedAtNs }: BackupMetadataSave,
  clock: Clock,
): bigint {
  const now = nowNs(clock);
  return exportedAtNs > 0n && exportedAtNs < now ? exportedAtNs : now;
}

function wrongArchive(resumedAfter: number, frames: number): ArchiveError {
  return new ArchiveError(
    "wrong-archive",
    `expected more than the ${resumedAfter} frames that are merged already, got ${frames}`,
  );
}
