export type { ListedArchive } from "./archives.js";
export { SyncWorkerError, type SyncWorkerErrorCode } from "./errors.js";
export type {
  ArchiveDownloadOptions,
  ArchiveUploadOptions,
  BegunUpload,
  HistoryServer,
  UploadReceipt,
} from "./history-server.js";
export type { HistoryOptions } from "./options.js";
export type { WorkerHistory, WorkerPorts } from "./ports.js";
export type {
  ArchiveShelf,
  PreferenceOutbox,
  RequestStore,
  UnsentPreferences,
} from "./request-store.js";
export type { ReleasePolicy, SyncWorkerOptions } from "./settings.js";
export {
  decodeAvailableArchive,
  decodeRequest,
  encodeAvailableArchive,
  encodeRequest,
} from "./state-codec.js";
export type {
  Acknowledgement,
  AvailableArchive,
  DeclineReason,
  Holder,
  SealedArchive,
  SpooledArchive,
  Stage,
  SyncRequest,
  Upload,
} from "./sync-request.js";
export { type ApprovalWords, SyncWorker } from "./sync-worker.js";
export type { SyncUpdate } from "./updates.js";
export type { UploadSpool } from "./upload-spool.js";
