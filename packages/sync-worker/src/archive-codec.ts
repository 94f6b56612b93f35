import { create } from "@bufbuild/protobuf";
import {
  type ArchiveState,
  ArchiveStateSchema,
  type SpooledArchiveState,
  SpooledArchiveStateSchema,
  type UploadState,
  UploadStateSchema,
} from "@history-sync/proto/history-sync";
import { invalidState } from "./errors.js";
import type { SealedArchive, SpooledArchive, Upload } from "./sync-request.js";
import { isSpoolId } from "./upload-spool.js";

export function archiveState({
  url,
  key,
  metadata,
  sealed,
  expiresAtNs,
}: SealedArchive): ArchiveState {
  return create(ArchiveStateSchema, {
    url,
    key,
    ...(metadata && { metadata }),
    ...(sealed && { sealed }),
    ...(expiresAtNs !== undefined && { expiresAtNs }),
  });
}

export function archiveOf(state: ArchiveState | undefined): SealedArchive {
  const { url = "", key = new Uint8Array() } = state ?? {};
  const { metadata, sealed, expiresAtNs } = state ?? {};
  return {
    url,
    key,
    ...(metadata && { metadata }),
    ...(sealed && { sealed }),
    ...(expiresAtNs !== undefined && { expiresAtNs }),
  };
}

export function spooledState({
  id,
  bytes,
  archive,
}: SpooledArchive): SpooledArchiveState {
  return create(SpooledArchiveStateSchema, {
    id,
    bytes: BigInt(bytes),
    archive: archiveState({ url: "", ...archive }),
  });
}

export function spooledOf({
  id,
  bytes,
  archive: state,
}: SpooledArchiveState): SpooledArchive {
  if (!isSpoolId(id)) throw invalidState("an id of the spool");
  const { url: _, ...archive } = archiveOf(state);
  return { id, bytes: Number(bytes), archive };
}

export function uploadState(upload: Upload): UploadState {
  return create(UploadStateSchema, upload);
}

export function uploadOf({
  url,
  deletionToken,
  expiresAtNs,
  uploadUrl,
}: UploadState): Upload {
  return {
    url,
    ...(uploadUrl !== undefined && { uploadUrl }),
    ...(deletionToken !== undefined && { deletionToken }),
    ...(expiresAtNs !== undefined && { expiresAtNs }),
  };
}
