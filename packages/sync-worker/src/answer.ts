import { create } from "@bufbuild/protobuf";
import { exportArchive, validated } from "@history-sync/archive";
import {
  generateArchiveKey,
  sealArchive,
} from "@history-sync/encryption-codec";
import { wipe } from "@history-sync/primitives";
import {
  type BackupMetadataSave,
  DeviceSyncReplySchema,
} from "@history-sync/proto/device-sync";
import { metered } from "./metered.js";
import { exportOptions } from "./options.js";
import { enterStage, type WorkerContext } from "./ports.js";
import type { SealedArchive, SyncRequest } from "./request-store.js";
import { withRetries } from "./retry.js";
import { outsideView } from "./sealed-archive.js";

/**
 * Answers another installation's request, from whatever stage it is in:
 * store → elements → frames → sealed bytes → history server → reply → MLS. `importReply` is its mirror image.
 */
export async function answer(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  let { stage } = request;
  if (stage.name === "preparing") {
    const archive = await withRetries(context.clock, signal, () =>
      uploadArchive(request, context, signal),
    );
    stage = { name: "uploaded", archive };
    await enterStage(request, stage, context);
  }
  if (stage.name === "uploaded") {
    const { archive } = stage;
    await withRetries(context.clock, signal, () =>
      sendReply(request, archive, context, signal),
    );
    await enterStage(request, { name: "replied" }, context);
    wipe(archive.key);
  }
}

/** A new key for every try: what was sealed once is never sealed again under the same key. */
async function uploadArchive(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<SealedArchive> {
  const key = generateArchiveKey(context.randomBytes);
  let metadata: BackupMetadataSave | undefined;
  const progress = context.updates.progress(request.id, "exporting");
  const frames = exportArchive(context.history, {
    ...exportOptions(request.options),
    order: request.format === "paged-v1" ? "newest-first" : "xmtp",
    installationId: context.syncGroups.installationId,
    randomBytes: context.randomBytes,
    clock: context.clock,
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
    randomBytes: context.randomBytes,
    ...outside.hooks,
    signal,
  });
  const url = await context.historyServer.upload(
    request.serverUrl,
    metered(bytes, progress.bytes),
    { signal },
  );
  const sealed = outside.view();
  return {
    url,
    key,
    ...(metadata ? { metadata } : {}),
    ...(sealed ? { sealed } : {}),
  };
}

async function sendReply(
  request: SyncRequest,
  archive: SealedArchive,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const reply = create(DeviceSyncReplySchema, {
    requestId: request.pin,
    url: archive.url,
    key: { key: { case: "aes256Gcm", value: archive.key } },
    ...(archive.metadata ? { metadata: archive.metadata } : {}),
    ...(archive.sealed ? { sealedArchive: archive.sealed } : {}),
  });
  await context.syncGroups.send({ case: "reply", value: reply }, signal);
}
