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
import type {
  Clock,
  InboxId,
  InstallationId,
  RandomBytes,
} from "@history-sync/primitives";
import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import type { Store } from "@history-sync/store";
import type { SyncGroups } from "@history-sync/sync-group";
import type {
  HistoryOptions,
  SyncRequest,
  SyncUpdate,
  SyncWorker,
} from "@history-sync/sync-worker";
import { Preferences } from "./preferences.js";

/** What a client is made of; `createClient` puts it together. */
export interface ClientParts {
  readonly store: Store;
  readonly syncGroups: SyncGroups;
  readonly worker: SyncWorker;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

// A file that the user kept may be older than the archives of today.
const userFile = { allowRepeatedNonce: true } as const;

/** One installation of a user. Its history sync runs by itself from the moment it is made until `close()`. */
export class Client implements AsyncDisposable {
  readonly #parts: ClientParts;
  readonly preferences: Preferences;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    const { store, worker, clock } = parts;
    this.preferences = new Preferences(store.history, worker, clock);
  }

  get inboxId(): InboxId {
    return this.#parts.syncGroups.inboxId;
  }

  get installationId(): InstallationId {
    return this.#parts.syncGroups.installationId;
  }

  /** Asks the user's other installations for history, at the history server of the options or of the call. */
  sendSyncRequest(
    options?: HistoryOptions,
    serverUrl?: string,
  ): Promise<SyncRequest> {
    return this.#parts.worker.request(options, serverUrl);
  }

  /** Looks for new and revoked installations of the user, then fetches and handles what the sync groups have. */
  async syncAllDeviceSyncGroups(): Promise<void> {
    await this.#parts.worker.refreshInstallations();
    await this.#parts.worker.sync();
  }

  /** Every request for history that this installation made or answers, oldest first. */
  syncRequests(): Promise<readonly SyncRequest[]> {
    return this.#parts.worker.requests();
  }

  /** What happens to requests and preferences, from this call on. */
  syncUpdates(signal?: AbortSignal): AsyncIterableIterator<SyncUpdate> {
    return this.#parts.worker.updates(signal);
  }

  /** The user's history as the bytes of an archive, sealed under a key of 32 bytes. libxmtp reads `xmtp-v0` only. */
  createArchive(
    key: Uint8Array,
    options: HistoryOptions = {},
    format: ArchiveFormat = "paged-v1",
  ): ReadableStream<Uint8Array> {
    const { store, clock, randomBytes } = this.#parts;
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
  importArchive(
    bytes: ReadableStream<Uint8Array>,
    key: Uint8Array,
    importId: string,
  ): Promise<ImportSummary> {
    const { store, clock } = this.#parts;
    const frames = openArchive(bytes, { key, ...userFile });
    return importArchive(frames, store.history, { importId, clock });
  }

  /** What an archive says of itself, read from its first element only. */
  archiveMetadata(
    bytes: ReadableStream<Uint8Array>,
    key: Uint8Array,
  ): Promise<BackupMetadataSave> {
    return readMetadata(openArchive(bytes, { key, ...userFile }));
  }

  /** Resolves when nothing that is known here waits to be done. */
  settled(): Promise<void> {
    return this.#parts.worker.settled();
  }

  /** Stops all work; what was begun goes on at the next start. The store stays open: it belongs to the caller. */
  async close(): Promise<void> {
    await this.#parts.worker.close();
    await this.#parts.syncGroups.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
