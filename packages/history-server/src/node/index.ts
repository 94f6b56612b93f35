export {
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
