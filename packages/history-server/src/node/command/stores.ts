import { resolve } from "node:path";
import type { BlobStore } from "../../blob-store.js";
import type { ResumableUploads } from "../../resumable-uploads.js";
import type { S3Settings, Settings } from "./settings.js";

/** A folder for `serve`, or a bucket, whose library is loaded only then. */
export async function storesFor(
  settings: Settings,
): Promise<
  | { readonly folder: string; readonly unfinishedTtlMs: number }
  | { readonly blobs: BlobStore; readonly resumable: ResumableUploads }
> {
  const { folder, s3, unfinishedTtlMs } = settings;
  return s3
    ? await bucketStores(s3, settings)
    : { folder: resolve(folder), unfinishedTtlMs };
}

/** Credentials come from where every AWS tool takes them, such as `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. */
async function bucketStores(
  { endpoint, bucket, region }: S3Settings,
  { maxBytes, unfinishedTtlMs }: Settings,
) {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { s3BlobStore } = await import("../../s3/s3-blob-store.js");
  const { s3TusUploads } = await import("../tus/s3-tus-uploads.js");
  const config = {
    endpoint,
    region,
    forcePathStyle: true,
    // Not every compatible store takes the checksums that newer SDKs add.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  } as const;
  const blobs = s3BlobStore({ client: new S3Client(config), bucket });
  const options = { config, bucket, blobs, maxBytes, unfinishedTtlMs };
  return { blobs, resumable: s3TusUploads(options) };
}
