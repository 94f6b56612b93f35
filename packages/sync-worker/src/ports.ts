import type { ArchiveSink, ArchiveSource } from "@history-sync/archive";
import type { Clock, Logger, RandomBytes } from "@history-sync/primitives";
import type { HmacKeySave } from "@history-sync/proto/device-sync";
import type { InstallationSource, SyncGroups } from "@history-sync/sync-group";
import type { HistoryServer } from "./history-server.js";
import type { RequestStore, Stage, SyncRequest } from "./request-store.js";
import type { Updates } from "./updates.js";

/** What the worker works with; it owns none of it. */
export interface WorkerPorts {
  readonly syncGroups: SyncGroups;
  readonly installations: InstallationSource;
  readonly history: WorkerHistory;
  readonly historyServer: HistoryServer;
  readonly requests: RequestStore;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
}

/** The user's history on this installation. */
export interface WorkerHistory extends ArchiveSource, ArchiveSink {
  hmacKey(): Promise<HmacKeySave | undefined>;
}

/** The ports, and whom to tell. */
export interface WorkerContext extends WorkerPorts {
  readonly updates: Updates;
}

/** Writes the request's new stage, then tells of it. */
export async function enterStage(
  request: SyncRequest,
  stage: Stage,
  { requests, updates, log }: WorkerContext,
): Promise<SyncRequest> {
  const moved = { ...request, stage };
  await requests.put(moved);
  updates.publish({ type: "stage", request: moved });
  log("sync-request.stage", { role: request.role, stage: stage.name });
  return moved;
}
