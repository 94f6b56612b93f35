export { openBucket } from "./open-bucket.js";
export {
  type S3BlobStore,
  type S3BlobStoreOptions,
  s3BlobStore,
} from "./s3-blob-store.js";
export { type S3TusUploadsOptions, s3TusUploads } from "./s3-tus-uploads.js";
