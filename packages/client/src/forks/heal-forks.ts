import { HistorySyncError } from "@history-sync/primitives";
import {
  type HandleReaddParts,
  handleReaddRequest,
} from "./handle-readd-request.js";
import { oneshotsOf } from "./oneshot.js";
import { type RequestReaddParts, requestReadd } from "./request-readd.js";

export interface HealParts extends RequestReaddParts, HandleReaddParts {}

const intervalMs = 60 * 60 * 1_000;

/**
 * Requests a re-add wherever this installation may have a fork, and re-adds other installations that request it. The
 * groups contain all that is left to do, so that no progress is stored: a later call does what failed or isn't due.
 */
export async function healForks(parts: HealParts): Promise<void> {
  await requestWhereForked(parts);
  await handleRequests(parts);
}

/** Calls `heal` now and every hour, so that work which failed or wasn't due is done, until the client closes. */
export async function healRegularly(
  heal: () => void,
  { clock, closing }: Pick<HealParts, "clock" | "closing">,
): Promise<void> {
  while (!closing.aborted) {
    heal();
    await clock.sleep(intervalMs, closing).catch(() => {});
  }
}

async function requestWhereForked(parts: HealParts): Promise<void> {
  const { installation } = parts;
  // A group without `addedBy` was created by this installation.
  const own = oneshotsOf(installation).filter(({ group }) => !group.addedBy);
  for (const group of installation.groups()) {
    const requests = own.filter(({ request }) => request?.groupId === group.id);
    await attempt(() => requestReadd(group, requests, parts), parts);
  }
}

/** Of several requests of an installation for a group, the newest counts. */
async function handleRequests(parts: HealParts): Promise<void> {
  const others = oneshotsOf(parts.installation).filter(
    ({ group }) => group.addedBy,
  );
  const seen = new Set<string>();
  for (const oneshot of others) {
    const { group, request } = oneshot;
    const key = `${request?.groupId} ${group.addedBy?.installationId}`;
    const isNewest = !seen.has(key);
    seen.add(key);
    const outcome = isNewest
      ? await attempt(() => handleReaddRequest(oneshot, parts), parts)
      : "done";
    if (outcome !== "later") await group.forget();
  }
}

/** Returns `later` for a retryable failure. */
async function attempt<Result>(
  work: () => Promise<Result>,
  { closing, log }: Pick<HealParts, "closing" | "log">,
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
