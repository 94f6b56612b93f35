/** Bytes of a full page, its header included: some 3,500 short messages, for one transaction and one retry each. */
export const fullPageBytes = 524_288;

/** Less than this is not worth telling apart. */
export const smallestPageBytes = 16_384;

/** An odd page grows by at most a 32nd; full ones are nearly full before they are padded. */
const pageStepsPerDoubling = 32;
/** The whole grows by at most a 64th through its last page. */
const archiveStepsPerDoubling = 64;

/** The length of a page that isn't the last and needs so many bytes. */
export function paddedPageBytes(needed: number, fullPage: number): number {
  const smallest = Math.min(smallestPageBytes, fullPage);
  return needed <= smallest
    ? smallest
    : roundUp(needed, step(needed, pageStepsPerDoubling));
}

/**
 * The length of a whole archive that needs so many bytes; its last page takes the difference. Up to a full page lengths
 * double, so that a few messages more or less don't show in a small archive.
 */
export function paddedArchiveBytes(needed: number, fullPage: number): number {
  const small = Math.max(smallestPageBytes, 2 ** Math.ceil(Math.log2(needed)));
  if (small <= Math.max(smallestPageBytes, fullPage)) return small;
  const most = step(needed, archiveStepsPerDoubling);
  return roundUp(needed, Math.min(most, fullPage));
}

/** A fraction of the power of two below. */
function step(size: number, stepsPerDoubling: number): number {
  return Math.ceil(2 ** (Math.ceil(Math.log2(size)) - 1) / stepsPerDoubling);
}

function roundUp(size: number, multiple: number): number {
  return Math.ceil(size / multiple) * multiple;
}
