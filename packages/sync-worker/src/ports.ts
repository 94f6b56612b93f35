import type { ArchiveSink, ArchiveSource } from "@history-sync/archive";
import type { Clock, Logger, RandomBytes } from "@history-sync/primitives";
import type { HmacKeySave } from "@history-sync/proto/device-sync";
import type { InstallationSource, SyncGroups } from "@history-sync/sync-group";
import type { ExportQueue } from "./export-queue.js";
import type { HistoryServer } from "./history-server.js";
import type { RequestBook } from "./request-book.js";
import type { RequestStore } from "./request-store.js";
import type { Settings } from "./settings.js";
import type { Updates } from "./updates.js";
import type { UploadSpool } from "./upload-spool.js";

/** What the worker works with; it owns none of it. */
export interface WorkerPorts {
  readonly syncGroups: SyncGroups;
  readonly installations: InstallationSource;
  readonly history: WorkerHistory;
  readonly historyServer: HistoryServer;
  readonly requests: RequestStore;
  /** Absent: an upload that is cut by the process's end is made anew. */
  readonly spool?: UploadSpool | undefined;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
}

/** The user's history on this installation. */
export interface WorkerHistory extends ArchiveSource, ArchiveSink {
  hmacKey(): Promise<HmacKeySave | undefined>;
}

/** The ports, and what the worker's parts share. */
export interface WorkerContext extends WorkerPorts {
  readonly settings: Settings;
  readonly book: RequestBook;
  readonly exports: ExportQueue;
  readonly updates: Updates;
  /** Handles what the sync groups have received. */
  readonly handleMessages: () => Promise<void>;
}
