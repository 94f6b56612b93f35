export type {
  ArchiveSink,
  ImportPage,
  Merge,
  MergeCounts,
  Merged,
  Rows,
} from "./archive-sink.js";
export type { ArchiveSnapshot, ArchiveSource } from "./archive-source.js";
export type { SkipReason } from "./check-rows.js";
export { compareBytes } from "./compare-bytes.js";
export { expiresAtNs } from "./disappearing.js";
export { decodeElement, type Element, encodeElement } from "./element.js";
export { ArchiveError, type ArchiveErrorCode } from "./errors.js";
export {
  type ExportElement,
  type ExportOptions,
  exportArchive,
} from "./export-archive.js";
export { type ImportOptions, importArchive } from "./import-archive.js";
export type { ImportSummary } from "./import-summary.js";
export {
  defaultFrameLimits,
  type FrameLimits,
  type RowLimits,
  rowLimits,
} from "./limits.js";
export { clampConsent, mergeConsent } from "./merge/consent.js";
export { mergeGroup } from "./merge/group.js";
export { clampHmacKey, mergeHmacKey } from "./merge/hmac-key.js";
export { mergeMessage } from "./merge/message.js";
export { mergeRows } from "./merge/rows.js";
export { readMetadata } from "./read-metadata.js";
export type { RowCounts } from "./row-counts.js";
export type { Selection } from "./selection.js";
