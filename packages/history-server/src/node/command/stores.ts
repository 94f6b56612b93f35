import { resolve } from "node:path";
import { loadAdapter } from "@history-sync/server-kit/node";
import type { BlobStore } from "../../blob-store.js";
import type { ResumableUploads } from "../../resumable-uploads.js";
import type { Settings } from "./settings.js";

/** The bucket that `--s3` names, and the limits that its stores keep to. */
export interface BucketSettings {
  /** The address of the S3-compatible service. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly maxBytes: number;
  readonly unfinishedTtlMs: number;
}

/** Where a server keeps its blobs and its unfinished uploads. */
export interface BucketStores {
  readonly blobs: BlobStore;
  readonly resumable: ResumableUploads;
}

/** The exports of `@history-sync/history-server-s3` that the command uses. */
interface BucketAdapter {
  readonly openBucket: (settings: BucketSettings) => BucketStores;
}

/** Returns a folder for `serve`, or the stores of a bucket. The package for buckets is loaded only then. */
export async function storesFor({
  folder,
  s3,
  maxBytes,
  unfinishedTtlMs,
}: Settings): Promise<
  { readonly folder: string; readonly unfinishedTtlMs: number } | BucketStores
> {
  if (!s3) return { folder: resolve(folder), unfinishedTtlMs };
  const { openBucket } = await loadAdapter<BucketAdapter>(
    "@history-sync/history-server-s3",
    "--s3",
  );
  return openBucket({ ...s3, maxBytes, unfinishedTtlMs });
}
