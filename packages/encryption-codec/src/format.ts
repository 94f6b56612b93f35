/** The formats that this package reads and writes. */
export type ArchiveFormat = "xmtp-v0";

/** How many first bytes tell the formats apart. */
export const formatBytes = 2;

/** The format that an archive's first bytes announce, or undefined for bytes that start no archive, or fewer than two. */
export function archiveFormat(
  firstBytes: Uint8Array,
): ArchiveFormat | undefined {
  return firstBytes[0] === 0 && firstBytes[1] === 0 ? "xmtp-v0" : undefined;
}
