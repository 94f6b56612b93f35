import { create } from "@bufbuild/protobuf";
import { wipe } from "@history-sync/primitives";
import { DeviceSyncReplySchema } from "@history-sync/proto/device-sync";
import { keepAlive } from "./acknowledge.js";
import { expectInInbox } from "./membership.js";
import type { WorkerContext } from "./ports.js";
import { PreparingRequest } from "./preparing-request.js";
import { withRetries } from "./retry.js";
import { say } from "./say.js";
import type { SealedArchive, SyncRequest } from "./sync-request.js";
import { type Uploaded, uploadArchive } from "./upload-archive.js";

/**
 * Answers another installation's request, from whatever stage it is in:
 * store → elements → frames → sealed bytes → history server → reply → MLS. `importReply` is its mirror image.
 */
export async function answer(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { book } = context;
  let current = request;
  if (current.stage.name === "preparing") {
    const preparing = new PreparingRequest(current, current.stage, book);
    const uploaded = await keepAlive(current, context, signal, (ended) =>
      upload(preparing, context, ended),
    );
    current = await preparing.enter({ name: "uploaded", ...uploaded });
  }
  if (current.stage.name === "uploaded") {
    const { archive, upload } = current.stage;
    await expectInInbox(current.requester, context, signal);
    await sendReply(current, archive, context, signal);
    await book.enter(current, { name: "replied", upload });
    wipe(archive.key);
  }
}

/** A try goes on with the archive of the one before, where that is kept, and leaves nothing else of it on the server. */
async function upload(
  preparing: PreparingRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<Uploaded> {
  const { clock, exports, syncGroups, handleMessages } = context;
  return exports.oneAtATime(signal, () =>
    withRetries(clock, signal, async () => {
      // That another installation was first may wait in another sync group; then this work ends here.
      await syncGroups.sync(signal);
      await handleMessages();
      signal.throwIfAborted();
      await expectInInbox(preparing.request.requester, context, signal);
      return uploadArchive(preparing, context, signal);
    }),
  );
}

async function sendReply(
  { pin }: SyncRequest,
  { url, key, metadata, sealed, expiresAtNs }: SealedArchive,
  context: WorkerContext,
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
  await say({ case: "reply", value }, context, signal);
}
