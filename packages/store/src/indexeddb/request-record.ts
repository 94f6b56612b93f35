import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  ArchiveOptionsSchema,
  BackupMetadataSaveSchema,
} from "@history-sync/proto/device-sync";
import { SealedArchiveSchema } from "@history-sync/proto/history-sync";
import type {
  SealedArchive,
  Stage,
  SyncRequest,
} from "@history-sync/sync-worker";
import { type Bytes, ownBytes } from "./keys.js";

/** A request as it is stored: protobuf messages as their bytes. */
export interface RequestRecord extends Omit<SyncRequest, "options" | "stage"> {
  readonly options: Bytes;
  readonly stage: Stage["name"];
  readonly archive?: ArchiveRecord;
  readonly reason?: string;
}

interface ArchiveRecord {
  readonly url: string;
  readonly key: Bytes;
  readonly metadata?: Bytes;
  readonly sealed?: Bytes;
}

export function requestRecord(request: SyncRequest): RequestRecord {
  const { stage } = request;
  return {
    ...request,
    options: toBinary(ArchiveOptionsSchema, request.options),
    stage: stage.name,
    ...("archive" in stage && { archive: archiveRecord(stage.archive) }),
    ...("reason" in stage && { reason: stage.reason }),
  };
}

export function requestOf(record: RequestRecord): SyncRequest {
  const { archive: _archive, reason: _reason, ...same } = record;
  return {
    ...same,
    options: fromBinary(ArchiveOptionsSchema, record.options),
    stage: stageOf(record),
  };
}

function archiveRecord(archive: SealedArchive): ArchiveRecord {
  const { url, key, metadata, sealed } = archive;
  return {
    url,
    key: ownBytes(key),
    ...(metadata && { metadata: toBinary(BackupMetadataSaveSchema, metadata) }),
    ...(sealed && { sealed: toBinary(SealedArchiveSchema, sealed) }),
  };
}

function stageOf({ stage: name, archive, reason }: RequestRecord): Stage {
  switch (name) {
    case "importing":
    case "uploaded":
      return { name, archive: archiveOf(archive) };
    case "failed":
      return { name, reason: reason ?? "" };
    default:
      return { name };
  }
}

function archiveOf(record: ArchiveRecord | undefined): SealedArchive {
  const { url = "", key = new Uint8Array(), metadata, sealed } = record ?? {};
  return {
    url,
    key,
    ...(metadata && {
      metadata: fromBinary(BackupMetadataSaveSchema, metadata),
    }),
    ...(sealed && { sealed: fromBinary(SealedArchiveSchema, sealed) }),
  };
}
