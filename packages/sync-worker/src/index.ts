export {
  decodeAvailableArchive,
  decodeRequest,
  encodeAvailableArchive,
  encodeRequest,
} from "./codec/request-codec.js";
export type {
  ArchiveDownloadOptions,
  ArchiveUploadOptions,
  BegunUpload,
  HistoryServer,
  UploadReceipt,
} from "./context/history-server.js";
export type { WorkerHistory, WorkerPorts } from "./context/ports.js";
export type { UploadSpool } from "./context/upload-spool.js";
export { SyncWorkerError, type SyncWorkerErrorCode } from "./errors.js";
export type { ListedArchive } from "./request/archives.js";
export type { HistoryOptions } from "./request/options.js";
export type {
  ArchiveShelf,
  PreferenceOutbox,
  RequestStore,
  UnsentPreferences,
} from "./request/request-store.js";
export type { ReleasePolicy, SyncWorkerOptions } from "./request/settings.js";
export type {
  Acknowledgement,
  AvailableArchive,
  DeclineReason,
  RequestOrigin,
  ResponderTurn,
  SealedArchive,
  SpooledArchive,
  Stage,
  SyncRequest,
  Upload,
} from "./request/sync-request.js";
export type { SyncUpdate } from "./request/updates.js";
export { type ComparisonWords, SyncWorker } from "./sync-worker.js";
