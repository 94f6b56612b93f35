import { create } from "@bufbuild/protobuf";
import { exportArchive, validated } from "@history-sync/archive";
import {
  generateArchiveKey,
  type SealArchiveOptions,
  sealArchive,
} from "@history-sync/encryption-codec";
import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import {
  type SealedArchive,
  SealedArchiveSchema,
} from "@history-sync/proto/history-sync";
import type { WorkerContext } from "../context/ports.js";
import { exportOptions } from "../request/options.js";
import type { SpooledArchive, SyncRequest } from "../request/sync-request.js";
import type { ProgressCounter } from "../request/updates.js";
import { boundedSource } from "./bounded-source.js";

/** An archive while it is sealed. */
export interface SealedBytes {
  readonly bytes: ReadableStream<Uint8Array>;
  /** Returns what the requester needs to open it, after the last byte. */
  readonly archive: () => SpooledArchive["archive"];
}

/** Exports and seals an archive under a new key: no archive is ever sealed twice under the same one. */
export function sealedBytes(
  request: SyncRequest,
  progress: ProgressCounter,
  context: Pick<
    WorkerContext,
    "clock" | "history" | "randomBytes" | "syncGroups"
  >,
  signal: AbortSignal,
): SealedBytes {
  const { history, randomBytes, clock } = context;
  const { maxBytes, ...options } = exportOptions(request.options);
  const key = generateArchiveKey(randomBytes);
  let metadata: BackupMetadataSave | undefined;
  const frames = exportArchive(boundedSource(history, maxBytes), {
    ...options,
    order: request.format === "paged-v1" ? "newest-first" : "xmtp",
    installationId: context.syncGroups.installationId,
    randomBytes,
    clock,
    onMetadata: (made) => {
      metadata = made;
    },
    onProgress: progress.elements,
    signal,
  });
  const outside = outsideView();
  const bytes = sealArchive(validated(frames), {
    key,
    format: request.format,
    randomBytes,
    ...outside.hooks,
    signal,
  });
  return {
    bytes,
    archive: () => {
      const sealed = outside.view();
      return {
        key,
        ...(metadata && { metadata }),
        ...(sealed && { sealed }),
      };
    },
  };
}

/** Collects the header and page hashes of a `paged-v1` archive while it is sealed. */
function outsideView(): {
  readonly hooks: Pick<SealArchiveOptions, "onHeader" | "onPage">;
  /** Returns them after the last page; undefined for an archive without pages. */
  readonly view: () => SealedArchive | undefined;
} {
  const view = create(SealedArchiveSchema);
  return {
    hooks: {
      onHeader: ({ archiveId }) => {
        view.headerSha256 = archiveId;
      },
      onPage: ({ bytes, sha256 }) => {
        view.pages.push({
          $typeName: "history_sync.v1.SealedPage",
          length: bytes,
          sha256,
        });
      },
    },
    view: () => (view.pages.length > 0 ? view : undefined),
  };
}
