import { ArchiveError } from "@history-sync/archive";
import { EncryptionCodecError } from "@history-sync/encryption-codec";
import { liveArchives } from "./archives.js";
import { askedAnew } from "./ask.js";
import { sayFailed } from "./decline.js";
import { codeOf } from "./errors.js";
import type { Move } from "./moves.js";
import type { WorkerContext } from "./ports.js";
import { wasAsked } from "./request-ids.js";
import { isRetryable } from "./retry.js";
import type { AvailableArchive, Stage, SyncRequest } from "./sync-request.js";
import { importing } from "./take-reply.js";

// A history server's word for an archive that has expired, or was deleted.
const gone = "not-found";
// Of archives that no try brings: they are gone, lie elsewhere than is trusted, or aren't what was stored.
const ofServer: ReadonlySet<string> = new Set([
  gone,
  "bad-answer",
  "corrupted",
  "redirected",
  "refused-url",
  "rejected",
]);

/**
 * What becomes of a request whose step failed for good, or so often that it was given up. One that stays in its stage is
 * taken up again when the node is back, or at the next start.
 */
export async function giveUp(
  request: SyncRequest,
  error: unknown,
  context: WorkerContext,
  move: Move,
  signal: AbortSignal,
): Promise<void> {
  const reason = codeOf(error);
  switch (request.stage.name) {
    case "importing":
      await nextReply(request, request.stage.archive.url, error, context, move);
      return;
    case "uploaded":
      // The archive is there, perhaps the reply is, too: until it expires there is time to say so.
      if (reason !== "requester-gone") return;
      return failAnswer(request, reason, context, move, signal);
    case "preparing":
      return failAnswer(request, reason, context, move, signal);
    case "imported":
    case "awaiting-approval":
    case "cancelled":
    case "receipted":
      // The history is here, or nothing more is to be had: only the others don't know yet.
      return;
    default:
      if (isRetryable(error)) return;
      await move.to(request, { name: "failed", reason });
      return;
  }
}

/** The next reply that is here; if it was the archive's fault, a new request; else it is over. */
async function nextReply(
  request: SyncRequest,
  failedUrl: string,
  error: unknown,
  context: WorkerContext,
  move: Move,
): Promise<void> {
  const replies = (await liveArchives(context)).filter(
    ({ pin }) => pin === request.pin,
  );
  const reason = codeOf(error);
  const isGone = reason === gone;
  for (const { id, archive } of replies) {
    const isOfNoUse =
      archive.url === failedUrl && (isGone || wasAsked(request));
    if (isOfNoUse) await context.requests.archives.remove(id);
  }
  const next = replies.find(({ archive }) => archive.url !== failedUrl);
  const anew =
    isOfArchive(error) && !next && wasAsked(request)
      ? await askedAnew(request, context)
      : undefined;
  await move.to(request, stageAfter(request, next, anew, reason));
  if (anew) await move.restart(anew.id);
}

function stageAfter(
  request: SyncRequest,
  next: AvailableArchive | undefined,
  anew: SyncRequest | undefined,
  reason: string,
): Stage {
  // What was chosen by hand isn't replaced by something else.
  if (next && wasAsked(request)) return importing(next);
  return anew && reason === gone
    ? { name: "expired" }
    : { name: "failed", reason };
}

/** Another archive, perhaps of another installation, can be better. What this installation's store lacks, it would lack again. */
function isOfArchive(error: unknown): boolean {
  return (
    error instanceof ArchiveError ||
    error instanceof EncryptionCodecError ||
    ofServer.has(codeOf(error))
  );
}

/** The others are told first: moving the request ends the work on it. */
async function failAnswer(
  request: SyncRequest,
  reason: string,
  context: WorkerContext,
  move: Move,
  signal: AbortSignal,
): Promise<void> {
  if (wasAsked(request) && reason !== "requester-gone") {
    try {
      await sayFailed(request, context, signal);
    } catch (error) {
      // They take over by themselves after a while.
      context.log("sync-request.not-told", { code: codeOf(error) });
    }
  }
  await move.to(request, { name: "failed", reason });
}
