import type { Clock, Logger } from "@history-sync/primitives";
import type { BlobStore } from "../blob-store.js";
import type { Space } from "../guard/space.js";
import type { ResumableUploads } from "../resumable-uploads.js";

export interface Swept {
  readonly blobs: BlobStore;
  readonly resumable: ResumableUploads | undefined;
  readonly space: Space;
  readonly clock: Clock;
  readonly everyMs: number;
  /** Events: `swept`, `sweep-failed`. */
  readonly log: Logger;
}

/** Deletes what is over, now and then again, and counts what is left. */
export async function sweepUntilStopped(
  swept: Swept,
  stopped: AbortSignal,
): Promise<void> {
  const { clock, everyMs, log } = swept;
  while (!stopped.aborted) {
    await sweep(swept).catch(() => log("sweep-failed"));
    await clock.sleep(everyMs, stopped).catch(() => {});
  }
}

async function sweep({
  blobs,
  resumable,
  space,
  clock,
  log,
}: Swept): Promise<void> {
  const left = await blobs.sweep(clock.nowMs());
  const none = { deleted: 0, uploads: 0, bytes: 0 };
  const unfinished = (await resumable?.sweep()) ?? none;
  space.recount(left.bytes + unfinished.bytes);
  log("swept", {
    deleted: left.deleted + unfinished.deleted,
    blobs: left.blobs,
    unfinished: unfinished.uploads,
    bytes: left.bytes + unfinished.bytes,
  });
}
