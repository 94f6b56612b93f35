import { create } from "@bufbuild/protobuf";
import {
  type ArchiveState,
  ArchiveStateSchema,
  type UploadState,
  UploadStateSchema,
} from "@history-sync/proto/history-sync";
import type { SealedArchive, Upload } from "./sync-request.js";

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

export function uploadState(upload: Upload): UploadState {
  return create(UploadStateSchema, upload);
}

export function uploadOf({
  url,
  deletionToken,
  expiresAtNs,
}: UploadState): Upload {
  return {
    url,
    ...(deletionToken !== undefined && { deletionToken }),
    ...(expiresAtNs !== undefined && { expiresAtNs }),
  };
}
