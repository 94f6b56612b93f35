export { HistoryServerError, type HistoryServerErrorCode } from "../errors.js";
export {
  type DownloadOptions,
  type HistoryServerClient,
  type HistoryServerClientOptions,
  historyServerClient,
  type UploadOptions,
} from "./client.js";
