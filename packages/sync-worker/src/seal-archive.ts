import { exportArchive, validated } from "@history-sync/archive";
import {
  generateArchiveKey,
  sealArchive,
} from "@history-sync/encryption-codec";
import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import { boundedSource } from "./bounded-source.js";
import { exportOptions } from "./options.js";
import type { WorkerContext } from "./ports.js";
import { outsideView } from "./sealed-archive.js";
import type { SpooledArchive, SyncRequest } from "./sync-request.js";
import type { ProgressCounter } from "./updates.js";

/** An archive as it is sealed. */
export interface SealedBytes {
  readonly bytes: ReadableStream<Uint8Array>;
  /** What the asker has to know of it; after the last byte. */
  readonly archive: () => SpooledArchive["archive"];
}

/** A new key for every archive: what was sealed once is never sealed again under the same key. */
export function sealedBytes(
  request: SyncRequest,
  progress: ProgressCounter,
  context: WorkerContext,
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
