export { runHistoryServer } from "./command/command.js";
export {
  type CommandProcess,
  historyServerProcess,
} from "./command/process.js";
export type { BucketSettings, BucketStores } from "./command/stores.js";
export type { MetricsAudience } from "./exchange.js";
export {
  type FileBlobStore,
  type FileBlobStoreOptions,
  fileBlobStore,
} from "./file-blob-store.js";
export {
  defaultCloseGraceMs,
  defaultHeadersTimeoutMs,
  defaultSweepEveryMs,
  type RunningServer,
  type ServeOptions,
  type ServeSettings,
  serve,
} from "./serve.js";
export {
  type FileTusUploadsOptions,
  fileTusUploads,
} from "./tus/file-tus-uploads.js";
export {
  type MemoryTusUploadsOptions,
  memoryTusUploads,
} from "./tus/memory-tus-uploads.js";
