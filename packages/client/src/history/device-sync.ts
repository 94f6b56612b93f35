import { historyServerClient } from "@history-sync/history-client";
import { openSyncGroups, type SyncGroups } from "@history-sync/sync-group";
import {
  type HistoryServer,
  SyncWorker,
  type SyncWorkerOptions,
} from "@history-sync/sync-worker";
import type { ClientContext } from "../context.js";
import { ClientError } from "../errors.js";

/** The sync groups of the user's installations, and the worker that handles their messages. */
export interface DeviceSync {
  readonly syncGroups: SyncGroups;
  readonly worker: SyncWorker;
}

/**
 * How a new installation joins a sync group:
 * - `create-group`: it creates one and adds the others, as libxmtp's installations do. These would lose their own requests
 *   if they were added to another group meanwhile, so the others wait 10 seconds before they add a new installation.
 * - `join-group`: the others add it to theirs at once, for which it waits 3 seconds. For users without libxmtp.
 */
export type NewInstallations = "create-group" | "join-group";

const graces = {
  "create-group": { ofOthers: {}, ofOneself: {} },
  "join-group": {
    ofOthers: { newcomerGraceMs: 0 },
    ofOneself: { joinGraceMs: 3_000 },
  },
} as const;

/** Limits and credentials of history transfers. */
export interface HistorySettings
  extends Pick<
    SyncWorkerOptions,
    "archiveTtlMs" | "maxExportsPerHour" | "maxSpoolBytes"
  > {
  /** Sent with uploads, to history servers that require one. Unused where `historyServer` is given. */
  readonly uploadToken?: string;
}

export interface DeviceSyncOptions extends SyncWorkerOptions {
  readonly newInstallations: NewInstallations;
  readonly uploadToken?: string | undefined;
}

/** Opens the sync groups and starts the worker. With an empty `historySyncUrl` only preferences are synced. */
export async function startDeviceSync(
  { newInstallations, uploadToken, ...options }: DeviceSyncOptions,
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
      historyServer:
        historyServer ??
        connectHistoryServer({ ...options, uploadToken }, context),
    },
    { ...options, ...grace.ofOneself },
  );
  return { syncGroups, worker };
}

/** Connects to trusted servers only. */
function connectHistoryServer(
  {
    historySyncUrl,
    trustedServers = [],
    uploadToken,
  }: Pick<
    DeviceSyncOptions,
    "historySyncUrl" | "trustedServers" | "uploadToken"
  >,
  { log }: Pick<ClientContext, "log">,
): HistoryServer {
  const urls = [historySyncUrl, ...trustedServers];
  const origins = urls
    .filter((url) => url !== "")
    .map((url) => new URL(url).origin);
  return historyServerClient({
    origins,
    log,
    ...(uploadToken !== undefined && { uploadToken }),
  });
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

/** Stops the worker and closes the sync groups. */
export async function closeDeviceSync({
  worker,
  syncGroups,
}: DeviceSync): Promise<void> {
  await worker.close();
  await syncGroups.close();
}
