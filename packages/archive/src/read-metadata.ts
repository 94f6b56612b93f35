import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import { decodeElement, type Element } from "./element.js";
import { ArchiveError } from "./errors.js";

/**
 * Returns an archive's metadata. It reads only the first frame and closes the source.
 *
 * @throws {ArchiveError} `no-metadata`
 *
 * @example
 * ```ts
 * import { readMetadata } from "@history-sync/archive";
 * import { openArchive } from "@history-sync/encryption-codec";
 *
 * export async function exportedAt(
 *   archive: ReadableStream<Uint8Array>,
 *   key: Uint8Array,
 * ) {
 *   const { exportedAtNs } = await readMetadata(openArchive(archive, { key }));
 *   return new Date(Number(exportedAtNs / 1_000_000n));
 * }
 * ```
 */
export async function readMetadata(
  frames: AsyncIterable<Uint8Array>,
): Promise<BackupMetadataSave> {
  for await (const frame of frames) {
    return metadataOf(decodeElement(frame, { position: 0 }));
  }
  throw noMetadata("no frame at all");
}

/** Returns the metadata in an archive's first element, or an error. */
export function metadataOf(first: Element): BackupMetadataSave {
  if (first.case === "metadata") return first.value;
  throw noMetadata(first.case ?? "an unknown element");
}

export function noMetadata(got: string): ArchiveError {
  return new ArchiveError(
    "no-metadata",
    `frame 0: expected the archive's metadata, got ${got}`,
  );
}
