import type { ArchiveSink, ArchiveSource } from "@history-sync/archive";
import type { Mutex } from "@history-sync/async";
import type { Clock, Logger, RandomBytes } from "@history-sync/primitives";
import type { HmacKeySave } from "@history-sync/proto/device-sync";
import type { InstallationSource, SyncGroups } from "@history-sync/sync-group";
import type { RequestBook } from "../request/request-book.js";
import type { RequestStore } from "../request/request-store.js";
import type { Settings } from "../request/settings.js";
import type { Updates } from "../request/updates.js";
import type { HistoryServer } from "./history-server.js";
import type { UploadSpool } from "./upload-spool.js";

/** The ports of a `SyncWorker`. Their owner closes them. */
export interface WorkerPorts {
  readonly syncGroups: SyncGroups;
  readonly installations: InstallationSource;
  readonly history: WorkerHistory;
  readonly historyServer: HistoryServer;
  readonly requests: RequestStore;
  /** Absent: an upload that was cut by the end of the process starts again with a new archive. */
  readonly spool?: UploadSpool | undefined;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
}

/** The user's history on this installation. */
export interface WorkerHistory extends ArchiveSource, ArchiveSink {
  hmacKey(): Promise<HmacKeySave | undefined>;
}

/** The ports, and what the worker's parts share. Functions take the fields that they use. */
export interface WorkerContext extends WorkerPorts {
  readonly settings: Settings;
  readonly book: RequestBook;
  /** Runs one export at a time, so that responding doesn't slow the app down. */
  readonly exports: Mutex;
  readonly updates: Updates;
  /** Handles the messages that the sync groups have received. */
  readonly handleMessages: () => Promise<void>;
}
