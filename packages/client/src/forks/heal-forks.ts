import { HistorySyncError } from "@history-sync/primitives";
import type { ConversationContext } from "../conversations/context.js";
import { answerReadd } from "./handle-readd-request.js";
import { oneshotsOf } from "./oneshot.js";
import { askToBeReadded } from "./request-readd.js";

/**
 * Asks to be added anew wherever this installation may have a fork, and adds others anew that ask for it. All that is to
 * do stands in the groups, so that nothing is kept of this work: what failed or isn't due is done by a later call.
 */
export async function healForks(context: ConversationContext): Promise<void> {
  await askWhereForked(context);
  await answerRequests(context);
}

async function askWhereForked(context: ConversationContext): Promise<void> {
  const { installation } = context;
  // A group that nobody added it to it has made itself.
  const own = oneshotsOf(installation).filter(({ group }) => !group.addedBy);
  for (const group of installation.groups()) {
    const notes = own.filter(({ request }) => request?.groupId === group.id);
    await attempt(() => askToBeReadded(group, notes, context), context);
  }
}

/** Of several requests of an installation for a group, the newest counts. */
async function answerRequests(context: ConversationContext): Promise<void> {
  const others = oneshotsOf(context.installation).filter(
    ({ group }) => group.addedBy,
  );
  const seen = new Set<string>();
  for (const oneshot of others) {
    const { group, request } = oneshot;
    const key = `${request?.groupId} ${group.addedBy?.installationId}`;
    const isNewest = !seen.has(key);
    seen.add(key);
    const answer = isNewest
      ? await attempt(() => answerReadd(oneshot, context), context)
      : "done";
    if (answer !== "later") await group.forget();
  }
}

/** Gives `later` for what failed and may be tried again. */
async function attempt<Result>(
  work: () => Promise<Result>,
  { closing, log }: ConversationContext,
): Promise<Result | "later" | undefined> {
  closing.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    closing.throwIfAborted();
    if (!(error instanceof HistorySyncError)) throw error;
    log("readd.failed", { code: error.code });
    return error.retryable ? "later" : undefined;
  }
}
