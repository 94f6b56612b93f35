import { historyServerClient } from "@history-sync/history-server/client";
import { openSyncGroups, type SyncGroups } from "@history-sync/sync-group";
import { type HistoryServer, SyncWorker } from "@history-sync/sync-worker";
import type { ClientContext } from "./context.js";
import { ClientError } from "./errors.js";

/** The user's installations in step: the sync groups, and who works in them. */
export interface DeviceSync {
  readonly syncGroups: SyncGroups;
  readonly worker: SyncWorker;
}

/** `historySyncUrl` may be empty: then only preferences go between the installations. */
export async function startDeviceSync(
  historySyncUrl: string,
  historyServer: HistoryServer | undefined,
  context: ClientContext,
): Promise<DeviceSync> {
  const { store, inbox, identityLog: installations, log } = context;
  const { groups, history, requests } = store;
  const syncGroups = await openSyncGroups(
    { ...context, store: groups, installations },
    { inboxId: inbox.id, installation: context.installation },
  );
  const origins = historySyncUrl === "" ? [] : [new URL(historySyncUrl).origin];
  const worker = SyncWorker.start(
    {
      ...context,
      syncGroups,
      installations,
      history,
      requests,
      historyServer: historyServer ?? historyServerClient({ origins, log }),
    },
    { historySyncUrl },
  );
  return { syncGroups, worker };
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
