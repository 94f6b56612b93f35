import type { BackupMetadataSave } from "@history-sync/proto/device-sync";

export const archiveIdBytes = 16;
const installationIdBytes = 32;

/** Which archive it is and who made it, as its metadata claims: the archive's seal says who could have written that. */
export interface ArchiveOrigin {
  readonly archiveId?: Uint8Array;
  readonly installationId?: Uint8Array;
}

/** Ids of another length than ours are none. */
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
