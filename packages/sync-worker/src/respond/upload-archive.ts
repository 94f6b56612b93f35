import { streamOf, toHex } from "@history-sync/primitives";
import type { BegunUpload, UploadReceipt } from "../context/history-server.js";
import type { WorkerContext } from "../context/ports.js";
import type { UploadSpool } from "../context/upload-spool.js";
import { codeOf } from "../errors.js";
import { uploadServer } from "../request/settings.js";
import type {
  SealedArchive,
  SpooledArchive,
  Upload,
} from "../request/sync-request.js";
import type { ProgressCounter } from "../request/updates.js";
import { metered } from "../work/metered.js";
import type { PreparingRequest } from "./preparing-request.js";
import { sealedBytes } from "./seal-archive.js";
import { removeSpooled } from "./spooled-archives.js";
import { throughSpool } from "./through-spool.js";

/** An uploaded archive: what the requester is sent of it, and what only the uploader knows. */
export interface Uploaded {
  readonly archive: SealedArchive;
  readonly upload: Upload;
}

/** The ports of an upload. */
export type UploadPorts = Pick<
  WorkerContext,
  | "clock"
  | "history"
  | "historyServer"
  | "log"
  | "randomBytes"
  | "settings"
  | "spool"
  | "syncGroups"
  | "updates"
>;

/** An archive that is being uploaded. */
interface Sending {
  readonly preparing: PreparingRequest;
  readonly progress: ProgressCounter;
  readonly context: UploadPorts;
  readonly signal: AbortSignal;
}

/**
 * Creates and uploads an archive: store → elements → frames → sealed bytes → history server. The bytes pass through the
 * spool: an archive that is complete there is sent again after a break, otherwise a new one is created, under a new key.
 */
export async function uploadArchive(
  preparing: PreparingRequest,
  context: UploadPorts,
  signal: AbortSignal,
): Promise<Uploaded> {
  const { spool, settings, log } = context;
  const { request, stage } = preparing;
  const progress = context.updates.progress(request.id, "exporting");
  const sending = { preparing, progress, context, signal };
  if (spool && stage.spooled && (await isThere(stage.spooled, spool))) {
    return sendSpooled(stage.spooled, spool, sending);
  }
  await preparing.discardArchive();
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
    // An incomplete archive is of no use.
    if (preparing.stage.spooled?.id !== id) await removeSpooled(id, context);
  }
}

/** Returns true if the spool still has the archive: the user may have cleared its folder. */
async function isThere(
  { id, bytes }: SpooledArchive,
  spool: UploadSpool,
): Promise<boolean> {
  const size = await spool.size(id).catch(() => undefined);
  return size === bytes;
}

/** Resumes where the server is, or sends the whole archive where the server has nothing. */
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
      // The bytes here or there are not those that were sealed: the next attempt creates another archive.
      if (code === "corrupted") await preparing.discardArchive();
      if (code !== "upload-lost") throw error;
    }
  }
  await preparing.discardUpload();
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
