import { S3Client } from "@aws-sdk/client-s3";
import type {
  BucketSettings,
  BucketStores,
} from "@history-sync/history-server/node";
import { s3BlobStore } from "./s3-blob-store.js";
import { s3TusUploads } from "./s3-tus-uploads.js";

/**
 * Opens the stores of the command's `--s3`. The credentials come from where every AWS tool takes them, such as
 * `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
 */
export function openBucket({
  endpoint,
  bucket,
  region,
  maxBytes,
  unfinishedTtlMs,
}: BucketSettings): BucketStores {
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
