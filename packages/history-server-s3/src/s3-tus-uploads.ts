import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { S3, type S3ClientConfig } from "@aws-sdk/client-s3";
import { uploadPieceBytes } from "@history-sync/history-client/contract";
import {
  defaultUnfinishedTtlMs,
  type ResumableUploads,
} from "@history-sync/history-server";
import { tusUploads } from "@history-sync/history-server/node/tus";
import { type Clock, systemClock } from "@history-sync/primitives";
import { S3Store } from "@tus/s3-store";
import type { S3BlobStore } from "./s3-blob-store.js";
import { tusObjects } from "./s3-tus-objects.js";

/** The bucket and the limits of uploads in pieces. */
export interface S3TusUploadsOptions {
  readonly config: S3ClientConfig;
  readonly bucket: string;
  readonly blobs: S3BlobStore;
  readonly maxBytes: number;
  /** `defaultUnfinishedTtlMs` where absent. */
  readonly unfinishedTtlMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

const fullBelowBytes = 16 * 1024 ** 2;

/**
 * Uploads in pieces as multipart uploads of a bucket, under the blob's id. All that is known of them is in the bucket, so that
 * an upload begun with one process can be resumed with another. A piece is on this machine's disk while it goes there.
 */
export function s3TusUploads(options: S3TusUploadsOptions): ResumableUploads {
  const { config, bucket, blobs, maxBytes, clock = systemClock } = options;
  const ttlMs = options.unfinishedTtlMs ?? defaultUnfinishedTtlMs;
  const datastore = new S3Store({
    s3ClientConfig: { ...config, bucket },
    partSize: uploadPieceBytes,
    useTags: false,
    expirationPeriodInMilliseconds: ttlMs,
    // Another process may have changed it.
    cache: {
      get: async () => undefined,
      set: async () => {},
      delete: async () => {},
    },
  });
  // It makes parts of a 10,000th of the most that can come while the length is unknown.
  Object.assign(datastore, { maxUploadSize: maxBytes });
  const objects = tusObjects({ client: new S3(config), bucket, ttlMs });
  // The library's own can't delete what is finished.
  datastore.remove = objects.remove;

  return tusUploads({
    datastore,
    blobs,
    maxBytes,
    checkFolder: tmpdir(),
    read: objects.read,
    discard: objects.remove,
    async finish(id, _size, label) {
      const info = await blobs.adopt(id, id, label);
      await objects.forget(id);
      return info;
    },
    async sweep() {
      const unfinished = await datastore.deleteExpired();
      const finished = await objects.sweep(clock.nowMs(), blobs);
      return { deleted: unfinished + finished, uploads: 0, bytes: 0 };
    },
    async isFull() {
      const { bavail, bsize } = await statfs(tmpdir());
      return bavail * bsize < fullBelowBytes;
    },
  });
}
