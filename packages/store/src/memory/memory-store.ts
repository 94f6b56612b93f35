import { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
import {
  MemoryRequestStore,
  MemoryUploadSpool,
} from "@history-sync/sync-worker/memory";
import type { Store } from "../store.js";
import { MemoryHistoryStore } from "./history.js";

/** A store that lives as long as the process. */
export function memoryStore(): Store {
  return {
    history: new MemoryHistoryStore(),
    groups: new MemoryGroupStateStore(),
    requests: new MemoryRequestStore(),
    spool: new MemoryUploadSpool(),
    close: () => {},
  };
}
