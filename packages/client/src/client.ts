import type { ImportSummary } from "@history-sync/archive";
import type { ArchiveFormat } from "@history-sync/encryption-codec";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import type {
  HistoryOptions,
  ListedArchive,
  SyncRequest,
  SyncWorker,
} from "@history-sync/sync-worker";
import type { ClientContext } from "./context.js";
import type { ConversationTasks } from "./conversations/conversation-tasks.js";
import type { Conversations } from "./conversations/conversations.js";
import {
  archiveMetadata,
  createArchive,
  type ExportedHistory,
  importUserArchive,
} from "./history/archives.js";
import {
  closeDeviceSync,
  type DeviceSync,
  expectDeviceSync,
} from "./history/device-sync.js";
import type { HistoryRequests } from "./history/history-requests.js";
import type { Inbox } from "./identity/inbox.js";
import { type InboxState, inboxStateOf } from "./identity/inbox-state.js";
import type { Preferences } from "./preferences/preferences.js";
import type { Background } from "./work/background.js";
import { retryLater } from "./work/retries.js";

/** The parts of a client, joined up by `createClient`. */
export interface ClientParts {
  readonly context: ClientContext;
  readonly inbox: Inbox;
  readonly conversations: Conversations;
  readonly preferences: Preferences;
  readonly history: HistoryRequests;
  /** Undefined if device sync is disabled. */
  readonly deviceSync: DeviceSync | undefined;
  readonly tasks: ConversationTasks;
  readonly background: Background;
  readonly closing: AbortController;
  readonly disconnect: () => void;
}

/** One installation of a user. Its history sync runs in the background until `close()`. */
export class Client implements AsyncDisposable {
  readonly #parts: ClientParts;
  readonly conversations: Conversations;
  readonly preferences: Preferences;
  readonly history: HistoryRequests;

  /** @internal Called by `createClient`. */
  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.conversations = parts.conversations;
    this.preferences = parts.preferences;
    this.history = parts.history;
  }

  get inboxId(): InboxId {
    return this.#parts.context.inboxId;
  }

  get installationId(): InstallationId {
    return this.#parts.context.installation.id;
  }

  /** Returns the inbox's wallets, passkeys and installations; by default as this client last read them. */
  async inboxState(refresh = false): Promise<InboxState> {
    return inboxStateOf(await this.#parts.inbox.snapshot(refresh));
  }

  /** Revokes installations with the signer's signature, and removes them from the sync group at once. */
  async revokeInstallations(ids: readonly InstallationId[]): Promise<void> {
    const { context, inbox, deviceSync, tasks } = this.#parts;
    if (ids.length === 0) return;
    await inbox.revoke(ids);
    if (ids.includes(this.installationId)) return;
    // The installations are revoked by now. A failure here is made up for before the next secret is sent.
    await retryLater(
      async () => deviceSync?.worker.refreshInstallations(),
      context.log,
    );
    tasks.updateOwnInstallations();
  }

  /** Revokes all installations of the inbox but this one. */
  async revokeAllOtherInstallations(): Promise<void> {
    const { installations } = await this.inboxState(true);
    const others = installations.map(({ id }) => id);
    await this.revokeInstallations(
      others.filter((id) => id !== this.installationId),
    );
  }

  /**
   * Requests history from the user's other installations, by the history server of the options or of the call.
   *
   * @throws {ClientError} `device-sync-disabled`
   */
  async sendSyncRequest(
    options?: HistoryOptions,
    serverUrl?: string,
  ): Promise<SyncRequest> {
    return this.#worker().request(options, serverUrl);
  }

  /** Checks for new and revoked installations of the user, then fetches and handles the sync groups' messages. */
  async syncAllDeviceSyncGroups(): Promise<void> {
    const worker = this.#worker();
    await worker.refreshInstallations();
    await worker.sync();
    this.#parts.tasks.updateOwnInstallations();
  }

  /** Uploads an archive without a request. The user's other installations find it by its pin. */
  async sendSyncArchive(
    pin: string,
    options?: HistoryOptions,
    serverUrl?: string,
  ): Promise<void> {
    await this.#worker().sendSyncArchive(pin, options, serverUrl);
  }

  /** Lists the archives that other installations sent in the last so many days, newest first. */
  async listAvailableArchives(
    daysCutoff: number,
  ): Promise<readonly ListedArchive[]> {
    return this.#worker().listAvailableArchives(daysCutoff);
  }

  /** Imports the newest archive with the pin, or the newest of all. */
  async processSyncArchive(pin?: string): Promise<void> {
    await this.#worker().processSyncArchive(pin);
  }

  /** Exports the history as the bytes of an archive, sealed under a key of 32 bytes. libxmtp reads `xmtp-v0` only. */
  createArchive(
    key: Uint8Array,
    options: ExportedHistory = {},
    format: ArchiveFormat = "paged-v1",
  ): ReadableStream<Uint8Array> {
    return createArchive(key, options, format, this.#parts.context);
  }

  /** Imports an archive into the history. A second call with the same `importId` resumes where the first one stopped. */
  async importArchive(
    bytes: ReadableStream<Uint8Array>,
    key: Uint8Array,
    importId: string,
  ): Promise<ImportSummary> {
    const { context } = this.#parts;
    try {
      return await importUserArchive(bytes, key, importId, context);
    } finally {
      this.preferences.noticeChanges();
    }
  }

  /** Reads an archive's metadata from its first element. */
  archiveMetadata(
    bytes: ReadableStream<Uint8Array>,
    key: Uint8Array,
  ): Promise<BackupMetadataSave> {
    return archiveMetadata(bytes, key);
  }

  /** Resolves when no known work is pending. */
  async settled(): Promise<void> {
    await this.#parts.deviceSync?.worker.settled();
    await this.#parts.background.settled();
  }

  /** Stops all work; the next start resumes it. The store stays open, because it belongs to the caller. */
  async close(): Promise<void> {
    const { closing, deviceSync, tasks, background, disconnect } = this.#parts;
    closing.abort(new DOMException("closed", "AbortError"));
    await tasks.close();
    if (deviceSync) await closeDeviceSync(deviceSync);
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
