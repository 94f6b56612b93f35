export {
  EncryptionCodecError,
  type EncryptionCodecErrorCode,
} from "./errors.js";
export { type ArchiveFormat, archiveFormat } from "./format.js";
export { archiveKeyBytes, generateArchiveKey } from "./key.js";
export { defaultLimits, type Limits } from "./limits.js";
export { type OpenArchiveOptions, openArchive } from "./open.js";
export { type SealArchiveOptions, sealArchive, sealedSize } from "./seal.js";
