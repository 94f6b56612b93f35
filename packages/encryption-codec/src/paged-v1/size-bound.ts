import { maxPageFrames } from "./content.js";
import { maxContentBytes } from "./fill-pages.js";
import { frameLengthBytes, headerBytes, pageOverheadBytes } from "./layout.js";
import { fullPageBytes, smallestPageBytes } from "./padding.js";

/** The most by which incompressible content grows, in either suite, besides some bytes a page. */
const compressedGrowth = 1 + 1 / 128;
/** By the padding of pages, and of the whole. */
const paddingGrowth = (1 + 1 / 32) * (1 + 1 / 64);
const compressedOverheadBytes = 512;

/**
 * The most bytes that an archive of frames of these sizes can have. How many it has shows only when it is sealed, since
 * that depends on what is in the frames: chats take about a quarter of this.
 */
export function maxSealedPagedV1Bytes(
  frameSizes: Iterable<number>,
  pageBreaks = 0,
): number {
  let contentBytes = 0;
  let frames = 0;
  for (const size of frameSizes) {
    contentBytes += frameLengthBytes + size;
    frames++;
  }
  // Two neighbours that no break parts hold together more than one of them could.
  const pages =
    1 +
    pageBreaks +
    2 * Math.ceil(contentBytes / (fullPageBytes / 2)) +
    2 * Math.ceil(contentBytes / maxContentBytes) +
    2 * Math.ceil(frames / maxPageFrames);
  const perPage = Math.max(
    smallestPageBytes,
    pageOverheadBytes + compressedOverheadBytes,
  );
  const filled = contentBytes * compressedGrowth + pages * perPage;
  return headerBytes + Math.ceil(filled * paddingGrowth) + fullPageBytes;
}
