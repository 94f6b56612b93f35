import type { BlobId } from "@history-sync/history-client/contract";
import type { SweepResult } from "@history-sync/history-server";
import { type BlobKeys, expiryNote, idOfData } from "./blob-keys.js";
import type { Bucket } from "./bucket.js";

export interface Swept {
  readonly bucket: Bucket;
  readonly keys: BlobKeys;
  /** Deletes a blob if it is over; whether it was. */
  expire(id: BlobId): Promise<boolean>;
  /** Where the blob's bytes are; undefined where there is no such blob. */
  dataKeyOf(id: BlobId): Promise<string | undefined>;
}

const expireAtOnce = 16;

// Data without a manifest are an upload under way, or one that a crash left: a day later they are the latter.
const orphanMs = 24 * 3_600_000;

/** Looks at names only, a thousand by a request: an object is asked for when it is to go, and not before. */
export async function sweepBucket(
  swept: Swept,
  nowMs: number,
): Promise<SweepResult> {
  const left = await expireBlobs(swept, nowMs);
  // The bucket's own clock made the times of its objects.
  await removeOrphans(swept, Date.now() - orphanMs);
  return left;
}

async function expireBlobs(
  { bucket, keys, expire }: Swept,
  nowMs: number,
): Promise<SweepResult> {
  const left = { deleted: 0, blobs: 0, bytes: 0 };
  let expiring: Promise<void>[] = [];
  const expireNoted = async (id: BlobId, key: string) => {
    if (await expire(id)) left.deleted++;
    // Of a blob that was deleted, replaced, or never came to be.
    else await bucket.remove(key);
  };
  for await (const { key, name } of bucket.list(keys.expiry)) {
    const note = expiryNote(name);
    if (!note) continue;
    if (note.expiresAtMs > nowMs) {
      left.blobs++;
      left.bytes += note.size;
      continue;
    }
    expiring.push(expireNoted(note.id, key));
    if (expiring.length < expireAtOnce) continue;
    await Promise.all(expiring);
    expiring = [];
  }
  await Promise.all(expiring);
  return left;
}

/** Goes through data and manifests side by side, by their ids. */
async function removeOrphans(
  { bucket, keys, dataKeyOf }: Swept,
  beforeMs: number,
): Promise<void> {
  const manifests = bucket.list(keys.blobs);
  try {
    let manifest = await manifests.next();
    for await (const { key, name, atMs } of bucket.list(keys.data)) {
      const id = idOfData(name);
      if (id === undefined || atMs >= beforeMs) continue;
      while (!manifest.done && manifest.value.name < id) {
        manifest = await manifests.next();
      }
      if (!manifest.done && manifest.value.name === id) continue;
      // Not every store keeps to the order of keys: the blob itself has the last word.
      if ((await dataKeyOf(id)) !== key) await bucket.remove(key);
    }
  } finally {
    await manifests.return();
  }
}
