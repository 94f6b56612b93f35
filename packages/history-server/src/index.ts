export { type BlobId, blobId, isBlobId, newBlobId } from "./blob-id.js";
export type {
  BlobInfo,
  BlobStore,
  BlobWriteOptions,
  ByteRange,
  StoredBlob,
} from "./blob-store.js";
export { HistoryServerError, type HistoryServerErrorCode } from "./errors.js";
export {
  type HistoryServerHandler,
  type HistoryServerOptions,
  historyServer,
} from "./handler.js";
export {
  defaultIdleTimeoutMs,
  defaultMaxBytes,
  defaultPort,
  defaultTransferTimeoutMs,
  defaultTtlMs,
} from "./limits.js";
export { uploadChunks } from "./upload-body.js";
