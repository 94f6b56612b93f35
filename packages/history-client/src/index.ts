export { historyServerClient } from "./client.js";
export { HistoryClientError, type HistoryClientErrorCode } from "./errors.js";
export type {
  DownloadOptions,
  HistoryServerClient,
  HistoryServerClientOptions,
  NewUploadOptions,
  ResumableUpload,
  SendOptions,
  UploadOptions,
  UploadReceipt,
} from "./options.js";
