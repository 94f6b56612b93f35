export { newSha256, type Sha256 } from "#sha256";
export { type BlobId, isBlobId } from "./blob-id.js";
export {
  deletionTokenHeader,
  etagOf,
  expiresAtHeader,
  expiresInHeader,
  maxBytesHeader,
  onceHeader,
} from "./headers.js";
export {
  defaultIdleTimeoutMs,
  defaultMaxBytes,
  defaultTransferTimeoutMs,
  slowestBytesPerMs,
  uploadPieceBytes,
} from "./limits.js";
