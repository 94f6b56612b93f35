import { historyServerClient } from "@history-sync/history-server/client";
import { openSyncGroups, type SyncGroups } from "@history-sync/sync-group";
import {
  type HistoryServer,
  SyncWorker,
  type SyncWorkerOptions,
} from "@history-sync/sync-worker";
import type { ClientContext } from "../context.js";
import { ClientError } from "../errors.js";

/** The user's installations in step: the sync groups, and who works in them. */
export interface DeviceSync {
  readonly syncGroups: SyncGroups;
  readonly worker: SyncWorker;
}

/**
 * How a new installation comes into a sync group:
 * - `make-a-group`: it makes one and adds the others, as libxmtp's installations do. These would lose their own requests
 *   if they were added to another group meanwhile, so the others wait 10 seconds before they add a new installation.
 * - `are-let-in`: the others add it to theirs at once, for which it waits 3 seconds. For users without libxmtp.
 */
export type NewInstallations = "make-a-group" | "are-let-in";

const graces = {
  "make-a-group": { ofOthers: {}, ofOneself: {} },
  "are-let-in": {
    ofOthers: { newcomerGraceMs: 0 },
    ofOneself: { joinGraceMs: 3_000 },
  },
} as const;

export interface DeviceSyncOptions extends SyncWorkerOptions {
  readonly newInstallations: NewInstallations;
}

/** `historySyncUrl` may be empty: then only preferences go between the installations. */
export async function startDeviceSync(
  { newInstallations, ...options }: DeviceSyncOptions,
  historyServer: HistoryServer | undefined,
  context: ClientContext,
): Promise<DeviceSync> {
  const { store, inboxId, identityLog: installations } = context;
  const { groups, history, requests, spool } = store;
  const grace = graces[newInstallations];
  const syncGroups = await openSyncGroups(
    { ...context, store: groups, installations },
    {
      inboxId,
      installation: context.installation,
      ...grace.ofOthers,
    },
  );
  const worker = SyncWorker.start(
    {
      ...context,
      syncGroups,
      installations,
      history,
      requests,
      spool,
      historyServer: historyServer ?? connectHistoryServer(options, context),
    },
    { ...options, ...grace.ofOneself },
  );
  return { syncGroups, worker };
}

/** Reaches the servers that are trusted, and no others. */
function connectHistoryServer(
  { historySyncUrl, trustedServers = [] }: SyncWorkerOptions,
  { log }: ClientContext,
): HistoryServer {
  const urls = [historySyncUrl, ...trustedServers];
  const origins = urls
    .filter((url) => url !== "")
    .map((url) => new URL(url).origin);
  return historyServerClient({ origins, log });
}

export function expectDeviceSync(
  deviceSync: DeviceSync | undefined,
): DeviceSync {
  if (deviceSync) return deviceSync;
  throw new ClientError(
    "device-sync-disabled",
    "expected a client with device sync, got one without",
  );
}
