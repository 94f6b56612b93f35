export type {
  ArchiveSink,
  ImportPage,
  ImportProgress,
  ImportStep,
  Merge,
  MergeCounts,
  Merged,
  MessageOutcome,
  Rows,
} from "./archive-sink.js";
export type { ArchiveSnapshot, ArchiveSource } from "./archive-source.js";
export { bytesKey } from "./bytes-key.js";
export type { SkipReason } from "./check-rows.js";
export { compareBytes } from "./compare-bytes.js";
export { type DisappearingSettings, expiresAtNs } from "./disappearing.js";
export { decodeElement, type Element, encodeElement } from "./element.js";
export { ArchiveError, type ArchiveErrorCode } from "./errors.js";
export {
  type ArchiveOrder,
  type ExportElement,
  type ExportOptions,
  exportArchive,
} from "./export-archive.js";
export type { FramePage, OpenPages } from "./frame-pages.js";
export { type ImportOptions, importArchive } from "./import-archive.js";
export type { ImportSummary } from "./import-summary.js";
export {
  defaultFrameLimits,
  type FrameLimits,
  type RowLimits,
  rowLimits,
} from "./limits.js";
export type { ArchiveOrigin } from "./manifest/ids.js";
export type {
  ConversationReceipt,
  CountReceipt,
  ImportReceipt,
  MessageReceipt,
} from "./manifest/receipt.js";
export { clampConsent, mergeConsent } from "./merge/consent.js";
export { mergeGroup } from "./merge/group.js";
export { clampHmacKey, mergeHmacKey } from "./merge/hmac-key.js";
export { mergeMessage } from "./merge/message.js";
export { mergeRows } from "./merge/rows.js";
export { readMetadata } from "./read-metadata.js";
export type { RowCounts } from "./row-counts.js";
export { type RowFilter, rowFilter } from "./row-filter.js";
export type { MessageOrder, Selection } from "./selection.js";
export type {
  Problem,
  ProblemCode,
  ValidationReport,
} from "./validate/report.js";
export {
  type ValidateOptions,
  validateArchive,
  validated,
} from "./validate/validate-archive.js";
