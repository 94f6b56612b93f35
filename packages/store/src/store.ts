import type { GroupStateStore } from "@history-sync/mls-group";
import type { RequestStore, UploadSpool } from "@history-sync/sync-worker";
import type { HistoryStore } from "./history-store.js";

/** All that an installation keeps. */
export interface Store {
  readonly history: HistoryStore;
  readonly groups: GroupStateStore;
  readonly requests: RequestStore;
  readonly spool: UploadSpool;
  /** Lets go of the files; a second call does nothing. */
  close(): void;
}
