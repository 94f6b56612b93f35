import { liveArchives } from "./archives.js";
import { askedAnew } from "./ask.js";
import { sayFailed } from "./decline.js";
import { codeOf } from "./errors.js";
import type { Move } from "./moves.js";
import type { WorkerContext } from "./ports.js";
import { wasAsked } from "./request-ids.js";
import { isRetryable } from "./retry.js";
import type { SyncRequest } from "./sync-request.js";
import { importing } from "./take-reply.js";

/**
 * What becomes of a request whose step failed for good, or so often that it was given up. Gives true for one that stays
 * in its stage and is taken up again when the node is back.
 */
export async function giveUp(
  request: SyncRequest,
  error: unknown,
  context: WorkerContext,
  move: Move,
  signal: AbortSignal,
): Promise<boolean> {
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
      return false;
    case "preparing":
      await move.to(request, { name: "failed", reason });
      await tellFailed(request, reason, context, signal);
      return false;
    case "imported":
    case "awaiting-approval":
    case "cancelled":
    case "receipted":
      // The history is here, or nothing more is to be had: only the others don't know yet.
      return true;
    default:
      if (isRetryable(error)) return true;
      await move.to(request, { name: "failed", reason });
      return false;
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
  const { archives } = context.requests;
  const replies = (await liveArchives(context)).filter(
    ({ pin }) => pin === request.pin,
  );
  for (const { id, archive } of replies) {
    if (archive.url === failedUrl) await archives.remove(id);
  }
  const next = replies.find(({ archive }) => archive.url !== failedUrl);
  if (next) {
    await move.to(request, importing(next));
    return;
  }
  // A history server's word for an archive that has expired, or was deleted.
  const isGone = reason === "not-found" && request.id.startsWith("asked:");
  const anew = isGone ? await askedAnew(request, context) : undefined;
  await move.to(
    request,
    anew ? { name: "expired" } : { name: "failed", reason },
  );
  if (anew) await move.restart(anew.id);
}

async function tellFailed(
  request: SyncRequest,
  reason: string,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  if (!wasAsked(request) || reason === "requester-gone") return;
  try {
    await sayFailed(request, context, signal);
  } catch (error) {
    // They take over by themselves after a while.
    context.log("sync-request.not-told", { code: codeOf(error) });
  }
}
