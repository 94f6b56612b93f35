import type { GroupStateStore } from "@history-sync/mls-group";
import type { RequestStore, UploadSpool } from "@history-sync/sync-worker";
import type { HistoryStore } from "./history-store.js";

/** Everything that an installation stores. */
export interface Store {
  /** Conversations, messages and preferences. */
  readonly history: HistoryStore;
  /** MLS state. */
  readonly groups: GroupStateStore;
  /** The sync requests, and archives and preference changes that are pending. */
  readonly requests: RequestStore;
  /** Sealed archives that are being uploaded. */
  readonly spool: UploadSpool;
  /** Closes the store and releases its lock. Does nothing the second time. */
  close(): void;
}
