import type { WatcherSettings } from "@history-sync/installation-watcher";
import type { SyncUpdate } from "@history-sync/sync-worker";
import { Client } from "./client.js";
import type { ClientContext } from "./context.js";
import { openConversations } from "./conversations/open-conversations.js";
import { type DeviceSync, expectDeviceSync } from "./history/device-sync.js";
import { HistoryRequests } from "./history/history-requests.js";
import type { Inbox } from "./identity/inbox.js";
import type { Ledger } from "./messages/ledger.js";
import { keepConsent } from "./preferences/consent.js";
import { Preferences, type ShareConsent } from "./preferences/preferences.js";
import { Background } from "./work/background.js";

export interface OpenedParts {
  readonly inbox: Inbox;
  readonly ledger: Ledger;
  /** Undefined if device sync is disabled. */
  readonly deviceSync: DeviceSync | undefined;
  readonly installationChecks: WatcherSettings;
  /** Called when the client closes. */
  readonly disconnect: () => void;
}

/** Joins up the parts of a client and starts them. */
export async function startClient(
  context: ClientContext,
  { inbox, ledger, deviceSync, installationChecks, disconnect }: OpenedParts,
): Promise<Client> {
  const { store, clock, log } = context;
  const { history } = store;
  const worker = () => expectDeviceSync(deviceSync).worker;
  const share: ShareConsent = deviceSync
    ? (records) => deviceSync.worker.shareConsent(records)
    : (records) => keepConsent(records, history, clock);
  const background = new Background(log);
  const closing = new AbortController();
  const preferences = new Preferences({
    history,
    share,
    sync: () => worker().sync(),
    background,
    clock,
    closing: closing.signal,
  });
  const { conversations, tasks } = openConversations(context, {
    inbox,
    ledger,
    preferences,
    background,
    installationChecks,
    closing: closing.signal,
    deviceSync: deviceSync !== undefined,
  });
  const client = new Client({
    context,
    inbox,
    conversations,
    preferences,
    history: new HistoryRequests({ history, clock, worker }),
    deviceSync,
    tasks,
    background,
    closing,
    disconnect,
  });
  const updates = deviceSync?.worker.updates(closing.signal);
  if (updates) void noticePreferences(updates, preferences);
  try {
    await tasks.start();
  } catch (error) {
    await client.close();
    throw error;
  }
  return client;
}

/** Resolves when the updates end. */
async function noticePreferences(
  updates: AsyncIterable<SyncUpdate>,
  preferences: Preferences,
): Promise<void> {
  for await (const { type } of updates) {
    if (type === "preferences") preferences.noticeChanges();
  }
}
