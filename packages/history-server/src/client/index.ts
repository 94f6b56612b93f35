export { HistoryServerError, type HistoryServerErrorCode } from "../errors.js";
export { historyServerClient } from "./client.js";
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
