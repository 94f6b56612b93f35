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
      await nextReply(
        request,
        request.stage.archive.url,
        reason,
        context,
        move,
      );
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

/** The next reply that is here; if the archive was gone, a new request; else it is over. */
async function nextReply(
  request: SyncRequest,
  failedUrl: string,
  reason: string,
  context: WorkerContext,
  move: Move,
): Promise<void> {
  const replies = (await liveArchives(context)).filter(
    ({ pin }) => pin === request.pin,
  );
  // A history server's word for an archive that has expired, or was deleted.
  const isGone = reason === "not-found";
  for (const { id, archive } of replies) {
    const isOfNoUse =
      archive.url === failedUrl && (isGone || wasAsked(request));
    if (isOfNoUse) await context.requests.archives.remove(id);
  }
  const next = replies.find(({ archive }) => archive.url !== failedUrl);
  const anew =
    isGone && !next && wasAsked(request)
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
  return anew ? { name: "expired" } : { name: "failed", reason };
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
