export { StoreError, type StoreErrorCode } from "./errors.js";
export type {
  HistoryCounts,
  HistoryRow,
  HistoryStore,
  MessagePage,
  Provenance,
} from "./history-store.js";
export type { Store } from "./store.js";
