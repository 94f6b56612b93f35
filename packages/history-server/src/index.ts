export { blobId, newBlobId } from "./blob-id.js";
export type {
  BlobInfo,
  BlobLabel,
  BlobStore,
  BlobWriteOptions,
  ByteRange,
  StoredBlob,
  SweepResult,
} from "./blob-store.js";
export type { Peer } from "./context.js";
export { HistoryServerError, type HistoryServerErrorCode } from "./errors.js";
export type { AddressLimitOptions } from "./guard/address-limits.js";
export { type Room, type Space, totalSpace } from "./guard/space.js";
export { mintUploadToken, type UploadGrant } from "./guard/upload-token.js";
export {
  type HistoryServerHandler,
  type HistoryServerOptions,
  historyServer,
} from "./handler.js";
export {
  defaultPort,
  defaultTtlMs,
  defaultUnfinishedTtlMs,
} from "./limits.js";
export type {
  JoinOptions,
  NewUpload,
  ResumableUploads,
  UnfinishedUploads,
} from "./resumable-uploads.js";
export { uploadChunks } from "./upload-body.js";
