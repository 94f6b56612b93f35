import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { type Clock, streamOf, systemClock } from "@history-sync/primitives";
import { newSha256 } from "#sha256";
import { type BlobId, blobId, isBlobId } from "../blob-id.js";
import type { BlobInfo, BlobLabel, BlobStore } from "../blob-store.js";
import { uploadPieceBytes } from "../limits.js";
import { uploadChunks } from "../upload-body.js";
import { guarded, unlessAbsent } from "./s3-error.js";

export interface S3BlobStoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Before all keys, such as `history/`; none where absent. */
  readonly prefix?: string;
  readonly clock?: Clock;
}

export interface S3BlobStore extends BlobStore {
  /** Makes a blob of an object of the same bucket that is complete. */
  adopt(id: BlobId, key: string, label: BlobLabel): Promise<BlobInfo>;
}

/** What `blobs/{id}` says: the blob, and the object that has its bytes. */
interface Manifest extends BlobInfo {
  readonly key: string;
}

// Data without a manifest are an upload under way, or one that a crash left: a day later they are the latter.
const orphanMs = 24 * 3_600_000;
const sweepsAtOnce = 16;

/**
 * Blobs in an S3-compatible bucket. The bytes go to `data/{id}` first, in parts of 8 MiB, then `blobs/{id}` names them with
 * what is known of them: a blob is there when that small object is. Any number of processes may share a bucket.
 */
export function s3BlobStore({
  client,
  bucket: Bucket,
  prefix = "",
  clock = systemClock,
}: S3BlobStoreOptions): S3BlobStore {
  const manifestKey = (id: BlobId) => `${prefix}blobs/${blobId(id)}`;
  const dataKey = (id: BlobId) => `${prefix}data/${blobId(id)}`;

  const manifestOf = (id: BlobId): Promise<Manifest | undefined> => {
    const Key = manifestKey(id);
    return unlessAbsent(async () => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      const text = (await Body?.transformToString()) ?? "";
      return JSON.parse(text) as Manifest;
    });
  };
  const putManifest = async (id: BlobId, manifest: Manifest) => {
    const Key = manifestKey(id);
    const Body = JSON.stringify(manifest);
    await client.send(new PutObjectCommand({ Bucket, Key, Body }));
    return infoOf(manifest);
  };
  const remove = async (Key: string) => {
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
  };
  const deleteBlob: BlobStore["delete"] = async (id) => {
    const manifest = await manifestOf(id);
    if (!manifest) return false;
    await guarded(async () => {
      await remove(manifestKey(id));
      await remove(manifest.key);
    });
    return true;
  };
  const openData = async (key: string, range?: string) => {
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket, Key: key, Range: range }),
    );
    return Body?.transformToWebStream() as ReadableStream<Uint8Array>;
  };
  async function* listed(folder: string) {
    let ContinuationToken: string | undefined;
    do {
      const Prefix = prefix + folder;
      const command = { Bucket, Prefix, ContinuationToken };
      const page = await client.send(new ListObjectsV2Command(command));
      for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
        const atMs = LastModified?.getTime() ?? clock.nowMs();
        yield { key: Key, name: Key.slice(Prefix.length), bytes: Size, atMs };
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }
  const removeOrphans = async (kept: ReadonlySet<string>) => {
    for await (const { key, atMs } of listed("data/")) {
      if (!kept.has(key) && atMs + orphanMs < Date.now()) await remove(key);
    }
  };

  return {
    delete: deleteBlob,

    async stat(id) {
      const manifest = await manifestOf(id);
      return manifest && infoOf(manifest);
    },

    async write(id, body, options) {
      // A key of its own for every write: an earlier blob of the id stays whole until the manifest changes.
      const key = `${dataKey(id)}-${clock.nowMs()}`;
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
        await guarded(() =>
          new Upload({
            client,
            params: { Bucket, Key: key, Body: streamOf(counted()) },
            partSize: uploadPieceBytes,
            queueSize: 1,
          }).done(),
        );
      } catch (error) {
        throw failure ? failure.cause : error;
      }
      const createdAtMs = clock.nowMs();
      const info = {
        ...options.label,
        size,
        sha256: hash.digest(),
        createdAtMs,
      };
      return await guarded(async () => {
        const written = await putManifest(id, { ...info, key });
        if (before && before.key !== key) await remove(before.key);
        return written;
      });
    },

    async adopt(id, key, label) {
      return await guarded(async () => {
        const hash = newSha256();
        let size = 0;
        const options = { maxBytes: Number.MAX_SAFE_INTEGER };
        for await (const chunk of uploadChunks(await openData(key), options)) {
          size += chunk.length;
          hash.update(chunk);
        }
        const createdAtMs = clock.nowMs();
        const info = { ...label, size, sha256: hash.digest(), createdAtMs };
        return await putManifest(id, { ...info, key });
      });
    },

    async read(id, range) {
      const manifest = await manifestOf(id);
      if (!manifest) return undefined;
      const bytes = range && `bytes=${range.start}-${range.end - 1}`;
      const body = await unlessAbsent(() => openData(manifest.key, bytes));
      return body && { ...infoOf(manifest), body };
    },

    async sweep(nowMs) {
      const left = { deleted: 0, blobs: 0, bytes: 0 };
      const keys = new Set<string>();
      const look = async (id: BlobId) => {
        const manifest = await manifestOf(id);
        if (!manifest) return;
        if (manifest.expiresAtMs <= nowMs && (await deleteBlob(id))) {
          left.deleted++;
          return;
        }
        keys.add(manifest.key);
        left.blobs++;
        left.bytes += manifest.size;
      };
      await guarded(async () => {
        let looking: Promise<void>[] = [];
        for await (const { name } of listed("blobs/")) {
          if (!isBlobId(name)) continue;
          looking.push(look(name));
          if (looking.length < sweepsAtOnce) continue;
          await Promise.all(looking);
          looking = [];
        }
        await Promise.all(looking);
        await removeOrphans(keys);
      });
      return left;
    },
  };
}

function infoOf({ key: _, ...info }: Manifest): BlobInfo {
  return info;
}
