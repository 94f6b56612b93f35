import type { SyncUpdate } from "@history-sync/sync-worker";
import { Client } from "./client.js";
import type { ClientContext } from "./context.js";
import { Conversations } from "./conversations/conversations.js";
import { type DeviceSync, expectDeviceSync } from "./history/device-sync.js";
import type { Ledger } from "./messages/ledger.js";
import { keepConsent } from "./preferences/consent.js";
import { Preferences, type ShareConsent } from "./preferences/preferences.js";
import { Background } from "./work/background.js";

/** Joins up the parts of a client, and sets them to work. `disconnect` is called when it closes. */
export async function startClient(
  context: ClientContext,
  ledger: Ledger,
  deviceSync: DeviceSync | undefined,
  disconnect: () => void,
): Promise<Client> {
  const { store, clock, log } = context;
  const worker = deviceSync?.worker;
  const share: ShareConsent = worker
    ? (records) => worker.shareConsent(records)
    : (records) => keepConsent(records, store.history, clock);
  const background = new Background(log);
  const closing = new AbortController();
  const preferences = new Preferences({
    history: store.history,
    share,
    sync: () => expectDeviceSync(deviceSync).worker.sync(),
    background,
    clock,
    closing: closing.signal,
  });
  const conversations = new Conversations(context, {
    ledger,
    preferences,
    background,
    closing: closing.signal,
    deviceSync: deviceSync !== undefined,
  });
  const client = new Client({
    context,
    conversations,
    preferences,
    deviceSync,
    background,
    closing,
    disconnect,
  });
  const updates = worker?.updates(closing.signal);
  if (updates) void noticePreferences(updates, preferences);
  try {
    await conversations.start();
  } catch (error) {
    await client.close();
    throw error;
  }
  return client;
}

/** Ends with the updates. */
async function noticePreferences(
  updates: AsyncIterable<SyncUpdate>,
  preferences: Preferences,
): Promise<void> {
  for await (const { type } of updates) {
    if (type === "preferences") preferences.noticeChanges();
  }
}
