import { readAll, streamOf } from "@history-sync/primitives";
import { type OpenArchiveOptions, openArchivePages } from "../../src/open.js";
import type { Frames } from "../../src/paged-v1/fill-pages.js";
import type { ArchivePage } from "../../src/paged-v1/open.js";
import {
  type SealedPage,
  type SealPagedV1Options,
  sealPagedV1,
} from "../../src/paged-v1/seal.js";
import { collect, cut } from "../support/frames.js";

/** All pages of an archive that comes in chunks of these sizes, or whole. */
export async function openPages(
  archive: Uint8Array,
  options: OpenArchiveOptions,
  ...chunkSizes: readonly number[]
): Promise<ArchivePage[]> {
  const stream = streamOf(cut(archive, ...chunkSizes));
  return collect(openArchivePages(stream, options));
}

export async function openFrames(
  archive: Uint8Array,
  options: OpenArchiveOptions,
  ...chunkSizes: readonly number[]
): Promise<Uint8Array[]> {
  const pages = await openPages(archive, options, ...chunkSizes);
  return pages.flatMap((page) => [...page.frames]);
}

export interface Sealed {
  readonly archive: Uint8Array;
  readonly pages: readonly SealedPage[];
  readonly archiveId: Uint8Array;
  readonly header: Uint8Array;
}

/** An archive with all that its writer was told of it. */
export async function seal(
  frames: Frames,
  options: SealPagedV1Options,
): Promise<Sealed> {
  const pages: SealedPage[] = [];
  let archiveId = new Uint8Array(0);
  const archive = await readAll(
    sealPagedV1(frames, {
      ...options,
      onHeader: (header) => {
        archiveId = Uint8Array.from(header.archiveId);
      },
      onPage: (page) => pages.push(page),
    }),
  );
  return { archive, pages, archiveId, header: archive.slice(0, 74) };
}

/** The bytes of each page of a whole archive. */
export function pageBytes({ archive, pages }: Sealed): Uint8Array[] {
  let at = 74;
  return pages.map(({ bytes }) => {
    at += bytes;
    return archive.subarray(at - bytes, at);
  });
}
