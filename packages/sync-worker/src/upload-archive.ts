import { exportArchive, validated } from "@history-sync/archive";
import {
  generateArchiveKey,
  sealArchive,
} from "@history-sync/encryption-codec";
import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import { boundedSource } from "./bounded-source.js";
import type { UploadReceipt } from "./history-server.js";
import { metered } from "./metered.js";
import { exportOptions } from "./options.js";
import type { WorkerContext } from "./ports.js";
import { outsideView } from "./sealed-archive.js";
import { uploadServer } from "./settings.js";
import type { SealedArchive, SyncRequest, Upload } from "./sync-request.js";

/** What an upload gave: what the asker is told, and what it isn't. */
export interface Uploaded {
  readonly archive: SealedArchive;
  readonly upload: Upload;
}

/**
 * Store → elements → frames → sealed bytes → history server. A new key for every try: what was sealed once is never
 * sealed again under the same key.
 */
export async function uploadArchive(
  request: SyncRequest,
  onBegin: (begun: Upload) => Promise<void>,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<Uploaded> {
  const { history, historyServer, settings, randomBytes, clock } = context;
  const { maxBytes, ...options } = exportOptions(request.options);
  const key = generateArchiveKey(randomBytes);
  let metadata: BackupMetadataSave | undefined;
  let receipt: UploadReceipt | undefined;
  const progress = context.updates.progress(request.id, "exporting");
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
  const url = await historyServer.upload(
    uploadServer(request.serverUrl, settings),
    metered(bytes, progress.bytes),
    {
      expiresInMs: settings.archiveTtlMs,
      onBegin: (begun) => onBegin(uploadOf(begun)),
      onReceipt: (given) => {
        receipt = given;
      },
      signal,
    },
  );
  const sealed = outside.view();
  const upload = uploadOf(receipt ?? { url });
  const { expiresAtNs } = upload;
  return {
    archive: {
      url,
      key,
      ...(metadata && { metadata }),
      ...(sealed && { sealed }),
      ...(expiresAtNs !== undefined && { expiresAtNs }),
    },
    upload,
  };
}

function uploadOf({ url, deletionToken, expiresAtMs }: UploadReceipt): Upload {
  return {
    url,
    ...(deletionToken !== undefined && { deletionToken }),
    ...(expiresAtMs !== undefined && {
      expiresAtNs: BigInt(Math.floor(expiresAtMs)) * 1_000_000n,
    }),
  };
}
