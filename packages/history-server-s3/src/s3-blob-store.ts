import type { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import {
  type BlobId,
  newSha256,
  uploadPieceBytes,
} from "@history-sync/history-client/contract";
import {
  type BlobInfo,
  type BlobLabel,
  type BlobStore,
  HistoryServerError,
  uploadChunks,
} from "@history-sync/history-server";
import { type Clock, streamOf, systemClock } from "@history-sync/primitives";
import { blobKeys } from "./blob-keys.js";
import { bucketOf } from "./bucket.js";
import { guarded } from "./s3-error.js";
import { sweepBucket } from "./s3-sweep.js";

/** The bucket and the S3 client of a blob store. */
export interface S3BlobStoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Before all keys, such as `history/`; none where absent. */
  readonly prefix?: string;
  readonly clock?: Clock;
}

/** A blob store in an S3 bucket. */
export interface S3BlobStore extends BlobStore {
  /** Makes a blob of an object of the same bucket that is complete. */
  adopt(id: BlobId, key: string, label: BlobLabel): Promise<BlobInfo>;
}

/** The content of `blobs/{id}`: the blob, and the object with its bytes. */
interface Manifest extends BlobInfo {
  readonly key: string;
}

/**
 * Blobs in an S3-compatible bucket. The bytes go to `data/` first, in parts of 8 MiB; an empty object in `expiry/`, with a name that
 * has what a sweep needs, comes next; then `blobs/{id}` names the bytes with all that is known of them: a blob is there
 * when that small object is. Any number of processes may share a bucket.
 */
export function s3BlobStore(options: S3BlobStoreOptions): S3BlobStore {
  const { client, prefix = "", clock = systemClock } = options;
  const bucket = bucketOf(client, options.bucket);
  const keys = blobKeys(prefix);

  const manifestOf = async (id: BlobId): Promise<Manifest | undefined> => {
    const text = await bucket.text(keys.manifest(id));
    return text === undefined ? undefined : (JSON.parse(text) as Manifest);
  };
  const publish = async (id: BlobId, manifest: Manifest): Promise<BlobInfo> => {
    // First, so that no blob is there that a sweep can't see.
    await bucket.put(keys.expiryOf(id, manifest), "");
    await bucket.put(keys.manifest(id), JSON.stringify(manifest));
    return infoOf(manifest);
  };
  const removeBlob = async (id: BlobId, manifest: Manifest): Promise<void> => {
    await bucket.remove(keys.manifest(id));
    await bucket.remove(manifest.key);
    // Last, so that what a crash leaves is found again.
    await bucket.remove(keys.expiryOf(id, manifest));
  };
  /** Removes the objects of a blob that another one of the same id has replaced. */
  const removeReplaced = async (id: BlobId, old: Manifest, next: Manifest) => {
    if (old.key !== next.key) await bucket.remove(old.key);
    const note = keys.expiryOf(id, old);
    if (note !== keys.expiryOf(id, next)) await bucket.remove(note);
  };
  const send = async (key: string, body: ReadableStream<Uint8Array>) => {
    const params = { Bucket: options.bucket, Key: key, Body: body };
    const partSize = uploadPieceBytes;
    await new Upload({ client, params, partSize, queueSize: 1 }).done();
  };

  return {
    async stat(id) {
      const manifest = await manifestOf(id);
      return manifest && infoOf(manifest);
    },

    async write(id, body, options) {
      const key = keys.dataOf(id, clock.nowMs());
      const before = await manifestOf(id);
      const hash = newSha256();
      let size = 0;
      let failure: { readonly cause: unknown } | undefined;
      async function* counted() {
        try {
          for await (const chunk of uploadChunks(body, options)) {
            size += chunk.length;
            hash.update(chunk);
            yield chunk;
          }
        } catch (cause) {
          failure = { cause };
          throw cause;
        }
      }
      try {
        await guarded(() => send(key, streamOf(counted())));
      } catch (error) {
        throw failure ? failure.cause : error;
      }
      const createdAtMs = clock.nowMs();
      const sha256 = hash.digest();
      const manifest = { ...options.label, size, sha256, createdAtMs, key };
      return await guarded(async () => {
        const info = await publish(id, manifest);
        if (before) await removeReplaced(id, before, manifest);
        return info;
      });
    },

    async adopt(id, key, label) {
      return await guarded(async () => {
        const body = await bucket.open(key);
        if (!body) throw lost();
        const hash = newSha256();
        let size = 0;
        const options = { maxBytes: Number.MAX_SAFE_INTEGER };
        for await (const chunk of uploadChunks(body, options)) {
          size += chunk.length;
          hash.update(chunk);
        }
        const createdAtMs = clock.nowMs();
        const sha256 = hash.digest();
        return await publish(id, { ...label, size, sha256, createdAtMs, key });
      });
    },

    async read(id, range) {
      const manifest = await manifestOf(id);
      if (!manifest) return undefined;
      const bytes = range && `bytes=${range.start}-${range.end - 1}`;
      const body = await bucket.open(manifest.key, bytes);
      return body && { ...infoOf(manifest), body };
    },

    async delete(id) {
      const manifest = await manifestOf(id);
      if (manifest) await guarded(() => removeBlob(id, manifest));
      return manifest !== undefined;
    },

    async sweep(nowMs) {
      const expire = async (id: BlobId) => {
        const manifest = await manifestOf(id);
        if (!manifest || manifest.expiresAtMs > nowMs) return false;
        await removeBlob(id, manifest);
        return true;
      };
      const dataKeyOf = async (id: BlobId) => (await manifestOf(id))?.key;
      return await guarded(() =>
        sweepBucket({ bucket, keys, expire, dataKeyOf }, nowMs),
      );
    },
  };
}

function infoOf({ key: _, ...info }: Manifest): BlobInfo {
  return info;
}

function lost(): HistoryServerError {
  return new HistoryServerError(
    "storage-failed",
    "a finished upload's object is gone",
  );
}
