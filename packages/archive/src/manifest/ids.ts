import type { BackupMetadataSave } from "@history-sync/proto/device-sync";

export const archiveIdBytes = 16;
const installationIdBytes = 32;

/** The archive's id and its maker, as its metadata claims. The archive's seal shows who could have written that. */
export interface ArchiveOrigin {
  readonly archiveId?: Uint8Array;
  readonly installationId?: Uint8Array;
}

/** Ids of another length are ignored. */
export function originOf(
  metadata: BackupMetadataSave | undefined,
): ArchiveOrigin {
  const { archiveId, installationId } = metadata ?? {};
  return {
    ...(archiveId?.length === archiveIdBytes ? { archiveId } : {}),
    ...(installationId?.length === installationIdBytes
      ? { installationId }
      : {}),
  };
}
