import { ArchiveError } from "@history-sync/archive";
import { isRetryable } from "@history-sync/async";
import { EncryptionCodecError } from "@history-sync/encryption-codec";
import { requestAgain } from "../ask/send-request.js";
import type { WorkerContext } from "../context/ports.js";
import { codeOf } from "../errors.js";
import { liveArchives } from "../request/archives.js";
import type { AvailableArchive, SyncRequest } from "../request/sync-request.js";
import { archiveGone, type StepFailed } from "../request/transitions.js";
import { sendFailedDecline } from "../respond/decline.js";

// The history client's codes for archives that no attempt brings: gone, at an untrusted place, or damaged.
const archiveCodes: ReadonlySet<string> = new Set([
  archiveGone,
  "bad-answer",
  "corrupted",
  "redirected",
  "refused-url",
  "rejected",
]);

type FailurePorts = Pick<
  WorkerContext,
  | "book"
  | "clock"
  | "log"
  | "randomBytes"
  | "requests"
  | "settings"
  | "syncGroups"
>;

/**
 * Handles the error of a request's step, after its retries. A request that stays in its stage is resumed when the node
 * can be reached again, or at the next start.
 */
export async function onStepFailed(
  request: SyncRequest,
  error: unknown,
  context: FailurePorts,
  signal: AbortSignal,
): Promise<void> {
  const failed = {
    type: "step-failed",
    code: codeOf(error),
    retryable: isRetryable(error),
  } as const;
  const { stage } = request;
  if (stage.name === "importing") {
    const { url } = stage.archive;
    await onImportFailed(request, url, failed, isOfArchive(error), context);
    return;
  }
  // Sent first: the new stage ends this step.
  if (stage.name === "preparing") {
    await letOthersRespond(request, failed, context, signal);
  }
  await context.book.apply(request, failed);
}

/** Looks for another reply. Where there is none and the archive itself was the cause, requests the history again. */
async function onImportFailed(
  request: SyncRequest,
  failedUrl: string,
  failed: StepFailed,
  isArchiveBad: boolean,
  context: FailurePorts,
): Promise<void> {
  const { book, clock, requests } = context;
  const isRequested = request.origin === "message";
  const replies = (await liveArchives(requests.archives, clock)).filter(
    ({ pin }) => pin === request.pin,
  );
  for (const { id, archive } of replies) {
    const isUseless = isRequested || failed.code === archiveGone;
    if (archive.url !== failedUrl || !isUseless) continue;
    await requests.archives.remove(id);
  }
  const nextReply: AvailableArchive | undefined = replies.find(
    ({ archive }) => archive.url !== failedUrl,
  );
  const again =
    isArchiveBad && isRequested && !nextReply
      ? await requestAgain(request, context)
      : undefined;
  const requestedAgain = again !== undefined;
  await book.apply(request, { ...failed, nextReply, requestedAgain });
}

/** Returns true where another archive can be better. What this installation's store lacks, it would lack again. */
function isOfArchive(error: unknown): boolean {
  return (
    error instanceof ArchiveError ||
    error instanceof EncryptionCodecError ||
    archiveCodes.has(codeOf(error))
  );
}

async function letOthersRespond(
  request: SyncRequest,
  { code }: StepFailed,
  context: FailurePorts,
  signal: AbortSignal,
): Promise<void> {
  if (request.origin !== "message" || code === "requester-not-in-inbox") return;
  try {
    await sendFailedDecline(request, context, signal);
  } catch (error) {
    // The other installations respond after a while without it.
    context.log("sync-request.decline-not-sent", { code: codeOf(error) });
  }
}
