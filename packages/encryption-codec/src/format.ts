/** The formats that this package reads and writes: libxmtp's, and ours, which FORMAT.md describes. */
export type ArchiveFormat = "xmtp-v0" | "paged-v1";

/** How many first bytes tell the formats apart. */
export const formatBytes = 2;

/**
 * The format that an archive's first bytes announce, or undefined for bytes that start no archive, or fewer than two.
 *
 * @example
 * ```ts
 * import { archiveFormat } from "@history-sync/encryption-codec";
 *
 * console.log(archiveFormat(Uint8Array.of(0x89, 0x48))); // paged-v1
 * ```
 */
export function archiveFormat(
  firstBytes: Uint8Array,
): ArchiveFormat | undefined {
  const [first, second] = firstBytes;
  if (first === 0x00 && second === 0x00) return "xmtp-v0";
  if (first === 0x89 && second === 0x48) return "paged-v1";
  return undefined;
}
