import { streamOf, toHex } from "@history-sync/primitives";
import { codeOf } from "./errors.js";
import { forgetSpooled } from "./forget-spooled.js";
import type { BegunUpload, UploadReceipt } from "./history-server.js";
import { metered } from "./metered.js";
import type { WorkerContext } from "./ports.js";
import type { PreparingRequest } from "./preparing-request.js";
import { sealedBytes } from "./seal-archive.js";
import { uploadServer } from "./settings.js";
import type { SealedArchive, SpooledArchive, Upload } from "./sync-request.js";
import { throughSpool } from "./through-spool.js";
import type { ProgressCounter } from "./updates.js";
import type { UploadSpool } from "./upload-spool.js";

/** What an upload gave: what the asker is told, and what it isn't. */
export interface Uploaded {
  readonly archive: SealedArchive;
  readonly upload: Upload;
}

/** An archive on its way out. */
interface Sending {
  readonly preparing: PreparingRequest;
  readonly progress: ProgressCounter;
  readonly context: WorkerContext;
  readonly signal: AbortSignal;
}

/**
 * Store → elements → frames → sealed bytes → history server. The bytes are kept in the spool on their way: an archive that
 * is whole there is sent on after a break, another one is made anew, under a new key.
 */
export async function uploadArchive(
  preparing: PreparingRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<Uploaded> {
  const { spool, settings, log } = context;
  const { request, stage } = preparing;
  const progress = context.updates.progress(request.id, "exporting");
  const sending = { preparing, progress, context, signal };
  if (spool && stage.spooled && (await isThere(stage.spooled, spool))) {
    return sendSpooled(stage.spooled, spool, sending);
  }
  await preparing.makeAnew();
  const { bytes, archive } = sealedBytes(request, progress, context, signal);
  if (!spool) return send(bytes, archive, sending);
  const id = toHex(context.randomBytes(16));
  const kept = throughSpool(bytes, spool, {
    id,
    maxBytes: settings.maxSpoolBytes,
    onWhole: (bytes) =>
      preparing.note({ spooled: { id, bytes, archive: archive() } }),
    onFull: (error) => log("sync-spool.failed", { code: codeOf(error) }),
  });
  try {
    return await send(kept.bytes, archive, sending);
  } finally {
    await kept.end();
    // A part of an archive is of no use.
    if (preparing.stage.spooled?.id !== id) await forgetSpooled(id, context);
  }
}

/** Whoever tidies folders may have taken it. */
async function isThere(
  { id, bytes }: SpooledArchive,
  spool: UploadSpool,
): Promise<boolean> {
  const size = await spool.size(id).catch(() => undefined);
  return size === bytes;
}

/** Goes on where the server is, or sends all of it where the server has nothing. */
async function sendSpooled(
  { id, archive }: SpooledArchive,
  spool: UploadSpool,
  sending: Sending,
): Promise<Uploaded> {
  const { preparing, progress, context, signal } = sending;
  const { historyServer } = context;
  const { begun } = preparing.stage;
  const bytes = () => streamOf(spool.read(id, 0));
  if (begun?.uploadUrl !== undefined && historyServer.resumeUpload) {
    const { url, uploadUrl } = begun;
    const body = metered(bytes(), progress.bytes);
    try {
      await historyServer.resumeUpload({ url, uploadUrl }, body, { signal });
      return uploaded(archive, begun);
    } catch (error) {
      const code = codeOf(error);
      // Here or there it isn't what was sealed: the next try makes another.
      if (code === "corrupted") await preparing.makeAnew();
      if (code !== "upload-lost") throw error;
    }
  }
  await preparing.beginAgain();
  return send(bytes(), () => archive, sending);
}

async function send(
  bytes: ReadableStream<Uint8Array>,
  archive: () => SpooledArchive["archive"],
  { preparing, progress, context, signal }: Sending,
): Promise<Uploaded> {
  const { historyServer, settings } = context;
  let receipt: UploadReceipt | undefined;
  const url = await historyServer.upload(
    uploadServer(preparing.request.serverUrl, settings),
    metered(bytes, progress.bytes),
    {
      expiresInMs: settings.archiveTtlMs,
      onBegin: (begun) => preparing.note({ begun: uploadOf(begun) }),
      onReceipt: (given) => {
        receipt = given;
      },
      signal,
    },
  );
  return uploaded(archive(), uploadOf(receipt ?? { url }));
}

function uploaded(
  archive: SpooledArchive["archive"],
  { uploadUrl: _, ...upload }: Upload,
): Uploaded {
  const { url, expiresAtNs } = upload;
  return {
    archive: {
      ...archive,
      url,
      ...(expiresAtNs !== undefined && { expiresAtNs }),
    },
    upload,
  };
}

function uploadOf(begun: UploadReceipt | BegunUpload): Upload {
  const { url, deletionToken, expiresAtMs } = begun;
  return {
    url,
    ...("uploadUrl" in begun && { uploadUrl: begun.uploadUrl }),
    ...(deletionToken !== undefined && { deletionToken }),
    ...(expiresAtMs !== undefined && {
      expiresAtNs: BigInt(Math.floor(expiresAtMs)) * 1_000_000n,
    }),
  };
}
