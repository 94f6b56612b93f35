import {
  exportArchive,
  type ImportSummary,
  importArchive,
  readMetadata,
} from "@history-sync/archive";
import {
  type ArchiveFormat,
  openArchive,
  sealArchive,
} from "@history-sync/encryption-codec";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import type {
  HistoryOptions,
  ListedArchive,
  SyncRequest,
  SyncWorker,
} from "@history-sync/sync-worker";
import type { ClientContext } from "./context.js";
import type { Conversations } from "./conversations/conversations.js";
import { type DeviceSync, expectDeviceSync } from "./history/device-sync.js";
import { HistoryRequests } from "./history/history-requests.js";
import { type InboxState, inboxStateOf } from "./identity/inbox-state.js";
import type { Preferences } from "./preferences/preferences.js";
import type { Background } from "./work/background.js";
import { retryLater } from "./work/retries.js";

/** What a client is made of; `createClient` puts it together. */
export interface ClientParts {
  readonly context: ClientContext;
  readonly conversations: Conversations;
  readonly preferences: Preferences;
  /** Undefined: disabled. */
  readonly deviceSync: DeviceSync | undefined;
  readonly background: Background;
  readonly closing: AbortController;
  readonly disconnect: () => void;
}

/** What goes into an archive; by default messages and consent, of all time. */
export type ExportedHistory = Omit<HistoryOptions, "days" | "maxBytes">;

// A file that the user kept may be older than the archives of today.
const userFile = { allowRepeatedNonce: true } as const;

/** One installation of a user. Its history sync runs by itself from the moment it is made until `close()`. */
export class Client implements AsyncDisposable {
  readonly #parts: ClientParts;
  readonly conversations: Conversations;
  readonly preferences: Preferences;
  readonly history: HistoryRequests;

  /** Made by `createClient`. */
  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.conversations = parts.conversations;
    this.preferences = parts.preferences;
    this.history = new HistoryRequests({
      history: parts.context.store.history,
      clock: parts.context.clock,
      worker: () => this.#worker(),
    });
  }

  get inboxId(): InboxId {
    return this.#parts.context.inbox.id;
  }

  get installationId(): InstallationId {
    return this.#parts.context.installation.id;
  }

  /** The installations and owners of the inbox; by default as this client last saw them. */
  async inboxState(refresh = false): Promise<InboxState> {
    return inboxStateOf(await this.#parts.context.inbox.snapshot(refresh));
  }

  /** Takes installations out of the inbox, and out of the sync group at once. The signer signs. */
  async revokeInstallations(ids: readonly InstallationId[]): Promise<void> {
    const { context, deviceSync } = this.#parts;
    if (ids.length === 0) return;
    await context.inbox.revoke(ids);
    if (ids.includes(this.installationId)) return;
    // The revocation counts by now: what fails here is made up for before the next secret is sent.
    await retryLater(
      async () => deviceSync?.worker.refreshInstallations(),
      context.log,
    );
    this.conversations.bringInOwnInstallations();
  }

  /** All installations of the inbox but this one. */
  async revokeAllOtherInstallations(): Promise<void> {
    const { installations } = await this.inboxState(true);
    const others = installations.map(({ id }) => id);
    await this.revokeInstallations(
      others.filter((id) => id !== this.installationId),
    );
  }

  /** Asks the user's other installations for history, at the history server of the options or of the call. */
  async sendSyncRequest(
    options?: HistoryOptions,
    serverUrl?: string,
  ): Promise<SyncRequest> {
    return this.#worker().request(options, serverUrl);
  }

  /** Looks for new and revoked installations of the user, then fetches and handles what the sync groups have. */
  async syncAllDeviceSyncGroups(): Promise<void> {
    const worker = this.#worker();
    await worker.refreshInstallations();
    await worker.sync();
    this.conversations.bringInOwnInstallations();
  }

  /** Uploads an archive that nobody asked for; the user's other installations find it by its pin. */
  async sendSyncArchive(
    pin: string,
    options?: HistoryOptions,
    serverUrl?: string,
  ): Promise<void> {
    await this.#worker().sendSyncArchive(pin, options, serverUrl);
  }

  /** The archives of the last so many days that other installations sent, newest first. */
  async listAvailableArchives(
    daysCutoff: number,
  ): Promise<readonly ListedArchive[]> {
    return this.#worker().listAvailableArchives(daysCutoff);
  }

  /** Takes in the newest archive of the pin, or of all. */
  async processSyncArchive(pin?: string): Promise<void> {
    await this.#worker().processSyncArchive(pin);
  }

  /** The user's history as the bytes of an archive, sealed under a key of 32 bytes. libxmtp reads `xmtp-v0` only. */
  createArchive(
    key: Uint8Array,
    options: ExportedHistory = {},
    format: ArchiveFormat = "paged-v1",
  ): ReadableStream<Uint8Array> {
    const { store, clock, randomBytes } = this.#parts.context;
    const frames = exportArchive(store.history, {
      ...options,
      order: format === "paged-v1" ? "newest-first" : "xmtp",
      installationId: this.installationId,
      clock,
      randomBytes,
    });
    return sealArchive(frames, { key, format, randomBytes });
  }

  /** Merges an archive into the history. `importId` names it: a second try goes on where the first one stopped. */
  async importArchive(
    bytes: ReadableStream<Uint8Array>,
    key: Uint8Array,
    importId: string,
  ): Promise<ImportSummary> {
    const { store, clock } = this.#parts.context;
    const frames = openArchive(bytes, { key, ...userFile });
    try {
      return await importArchive(frames, store.history, { importId, clock });
    } finally {
      this.preferences.noticeChanges();
    }
  }

  /** What an archive says of itself, read from its first element only. */
  archiveMetadata(
    bytes: ReadableStream<Uint8Array>,
    key: Uint8Array,
  ): Promise<BackupMetadataSave> {
    return readMetadata(openArchive(bytes, { key, ...userFile }));
  }

  /** Resolves when nothing that is known here waits to be done. */
  async settled(): Promise<void> {
    await this.#parts.deviceSync?.worker.settled();
    await this.#parts.background.settled();
  }

  /** Stops all work; what was begun goes on at the next start. The store stays open: it belongs to the caller. */
  async close(): Promise<void> {
    const { closing, deviceSync, background, disconnect } = this.#parts;
    closing.abort(new DOMException("closed", "AbortError"));
    await this.conversations.close();
    await deviceSync?.worker.close();
    await deviceSync?.syncGroups.close();
    await background.settled();
    disconnect();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #worker(): SyncWorker {
    return expectDeviceSync(this.#parts.deviceSync).worker;
  }
}
