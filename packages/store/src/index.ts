export { StoreError, type StoreErrorCode } from "./errors.js";
export type {
  HistoryCounts,
  HistoryStore,
  MessagePage,
} from "./history-store.js";
export type { Store } from "./store.js";
