import { create } from "@bufbuild/protobuf";
import { wipe } from "@history-sync/primitives";
import { DeviceSyncReplySchema } from "@history-sync/proto/device-sync";
import { expectInInbox } from "../context/membership.js";
import type { WorkerContext } from "../context/ports.js";
import { sendToInstallations } from "../context/send-to-installations.js";
import type { SealedArchive, SyncRequest } from "../request/sync-request.js";
import { withRetries } from "../work/retry.js";
import { keepAlive } from "./acknowledge.js";
import { PreparingRequest } from "./preparing-request.js";
import {
  type Uploaded,
  type UploadPorts,
  uploadArchive,
} from "./upload-archive.js";

/** The ports of responding. */
export type RespondPorts = UploadPorts &
  Pick<WorkerContext, "book" | "exports" | "handleMessages" | "installations">;

/**
 * Responds to another installation's request, from whatever stage it is in:
 * store → elements → frames → sealed bytes → history server → reply → MLS. `importReply` is its mirror image.
 */
export async function respond(
  request: SyncRequest,
  context: RespondPorts,
  signal: AbortSignal,
): Promise<void> {
  const { book } = context;
  let current = request;
  if (current.stage.name === "preparing") {
    const preparing = new PreparingRequest(current, current.stage, book);
    const uploaded = await keepAlive(current, context, signal, (ended) =>
      upload(preparing, context, ended),
    );
    const type = "archive-uploaded";
    current = await book.apply(preparing.request, { type, ...uploaded });
  }
  if (current.stage.name === "uploaded") {
    const { archive } = current.stage;
    await expectInInbox(current.requester, context, signal);
    await sendReply(current, archive, context, signal);
    await book.apply(current, { type: "reply-sent" });
    wipe(archive.key);
  }
}

/** Each attempt resumes with the archive of the one before, where that is stored, and leaves nothing else of it on the server. */
async function upload(
  preparing: PreparingRequest,
  context: RespondPorts,
  signal: AbortSignal,
): Promise<Uploaded> {
  const { clock, exports, syncGroups, handleMessages } = context;
  const attempt = async () => {
    // Another sync group may hold an earlier acknowledgement; then this step is aborted here.
    await syncGroups.sync(signal);
    await handleMessages();
    signal.throwIfAborted();
    await expectInInbox(preparing.request.requester, context, signal);
    return uploadArchive(preparing, context, signal);
  };
  return exports.run(() => withRetries(clock, signal, attempt), signal);
}

async function sendReply(
  { pin }: SyncRequest,
  { url, key, metadata, sealed, expiresAtNs }: SealedArchive,
  context: Pick<WorkerContext, "clock" | "syncGroups">,
  signal: AbortSignal,
): Promise<void> {
  const value = create(DeviceSyncReplySchema, {
    requestId: pin,
    url,
    key: { key: { case: "aes256Gcm", value: key } },
    ...(metadata && { metadata }),
    ...(sealed && { sealedArchive: sealed }),
    ...(expiresAtNs !== undefined && { expiresAtNs }),
  });
  await sendToInstallations({ case: "reply", value }, context, signal);
}
