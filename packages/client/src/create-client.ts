import { historyServerClient } from "@history-sync/history-server/client";
import type { DeliveryService } from "@history-sync/mls-group";
import {
  type Clock,
  type InboxId,
  type InstallationId,
  type Logger,
  type RandomBytes,
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import {
  type InstallationSource,
  openSyncGroups,
} from "@history-sync/sync-group";
import { type HistoryServer, SyncWorker } from "@history-sync/sync-worker";
import { Client } from "./client.js";
import { type Environment, historySyncUrls } from "./environments.js";

export interface ClientOptions {
  readonly inboxId: InboxId;
  readonly store: Store;
  readonly deliveryService: DeliveryService;
  readonly installations: InstallationSource;
  /** Puts a new installation on the inbox's list; called each time before anything else happens. */
  readonly register: (installation: InstallationId) => Promise<void>;
  /** Default: `dev`, as in xmtp-js. */
  readonly env?: Environment;
  /** The history server; by default that of `env`. Empty: history is neither asked for nor handed out. */
  readonly historySyncUrl?: string;
  /** Default: HTTP, to the origin of `historySyncUrl` alone. */
  readonly historyServer?: HistoryServer;
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  readonly log?: Logger;
}

/** Opens this installation of the inbox, or makes it on the first call with a store; its history sync starts at once. */
export async function createClient({
  inboxId,
  store,
  deliveryService,
  installations,
  register,
  env = "dev",
  historySyncUrl = historySyncUrls[env],
  clock = systemClock,
  randomBytes = systemRandomBytes,
  log = silent,
  historyServer = historyServerClient({
    origins: historySyncUrl === "" ? [] : [new URL(historySyncUrl).origin],
    log,
  }),
}: ClientOptions): Promise<Client> {
  const shared = { installations, clock, randomBytes, log };
  const syncGroups = await openSyncGroups(
    { deliveryService, store: store.groups, ...shared },
    { inboxId },
  );
  await register(syncGroups.installationId);
  const { history, requests } = store;
  const worker = SyncWorker.start(
    { syncGroups, history, requests, historyServer, ...shared },
    { historySyncUrl },
  );
  return new Client({ store, syncGroups, worker, clock, randomBytes });
}
