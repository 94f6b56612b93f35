export {
  EncryptionCodecError,
  type EncryptionCodecErrorCode,
} from "./errors.js";
export { type ArchiveFormat, archiveFormat } from "./format.js";
export { archiveKeyBytes, generateArchiveKey } from "./key.js";
export { type CodecLimits, defaultCodecLimits } from "./limits.js";
export {
  type OpenArchiveOptions,
  openArchive,
  openArchivePages,
} from "./open.js";
export { decodeCursor, encodeCursor } from "./paged-v1/cursor.js";
export type { Suite } from "./paged-v1/layout.js";
export {
  type ArchiveCursor,
  type ArchivePage,
  type ExpectedArchive,
  type OpenArchivePageOptions,
  openArchivePage,
  type SinglePage,
} from "./paged-v1/open.js";
export type { ExpectedPage } from "./paged-v1/open-page.js";
export type { SealedHeader, SealedPage } from "./paged-v1/seal.js";
export { type SealArchiveOptions, sealArchive, sealedSize } from "./seal.js";
