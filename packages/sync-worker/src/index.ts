export { SyncWorkerError, type SyncWorkerErrorCode } from "./errors.js";
export type { HistoryServer } from "./history-server.js";
export type { HistoryOptions } from "./options.js";
export type { WorkerHistory, WorkerPorts } from "./ports.js";
export type {
  RequestStore,
  SealedArchive,
  Stage,
  SyncRequest,
} from "./request-store.js";
export { SyncWorker, type SyncWorkerOptions } from "./sync-worker.js";
export type { SyncUpdate } from "./updates.js";
