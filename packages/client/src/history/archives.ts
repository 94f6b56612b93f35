import {
  exportArchive,
  type ImportSummary,
  importArchive,
  readMetadata,
} from "@history-sync/archive";
import {
  type ArchiveFormat,
  openArchive,
  sealArchive,
} from "@history-sync/encryption-codec";
import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import type { HistoryOptions } from "@history-sync/sync-worker";
import type { ClientContext } from "../context.js";

/** The contents of an archive; by default messages and consent, of all time. */
export type ExportedHistory = Omit<HistoryOptions, "days" | "maxBytes">;

// A file that the user kept may be older than the archives of today.
const userFile = { allowRepeatedNonce: true } as const;

/** Exports the history as the bytes of an archive, sealed under a key of 32 bytes. */
export function createArchive(
  key: Uint8Array,
  options: ExportedHistory,
  format: ArchiveFormat,
  context: Pick<
    ClientContext,
    "store" | "installation" | "clock" | "randomBytes"
  >,
): ReadableStream<Uint8Array> {
  const { store, installation, clock, randomBytes } = context;
  const frames = exportArchive(store.history, {
    ...options,
    order: format === "paged-v1" ? "newest-first" : "xmtp",
    installationId: installation.id,
    clock,
    randomBytes,
  });
  return sealArchive(frames, { key, format, randomBytes });
}

/** Merges an archive's rows into the history. A second call with the same `importId` resumes where the first one stopped. */
export function importUserArchive(
  bytes: ReadableStream<Uint8Array>,
  key: Uint8Array,
  importId: string,
  { store, clock }: Pick<ClientContext, "store" | "clock">,
): Promise<ImportSummary> {
  const frames = openArchive(bytes, { key, ...userFile });
  return importArchive(frames, store.history, { importId, clock });
}

/** Reads an archive's metadata from its first element. */
export function archiveMetadata(
  bytes: ReadableStream<Uint8Array>,
  key: Uint8Array,
): Promise<BackupMetadataSave> {
  return readMetadata(openArchive(bytes, { key, ...userFile }));
}
