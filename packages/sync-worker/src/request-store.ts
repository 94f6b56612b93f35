import type { InstallationId } from "@history-sync/primitives";
import type { PreferenceUpdates } from "@history-sync/proto/device-sync";
import type { AvailableArchive, SyncRequest } from "./sync-request.js";

/** Where the worker's requests outlive the process. */
export interface RequestStore {
  get(id: string): Promise<SyncRequest | undefined>;
  /** Writes it durably under its id. What an earlier stage held (an archive's key) is overwritten. */
  put(request: SyncRequest): Promise<void>;
  /** Forgets it for good; an unknown id changes nothing. */
  remove(id: string): Promise<void>;
  /** All of them, oldest first. */
  list(): Promise<readonly SyncRequest[]>;
  /** Whether this installation decided once whether to ask for its history by itself. */
  initialRequestDecided(): Promise<boolean>;
  /** In one transaction: never ask by itself again, and keep the request, where one is to be made. */
  decideInitialRequest(request: SyncRequest | undefined): Promise<void>;
  readonly archives: ArchiveShelf;
  readonly outbox: PreferenceOutbox;
}

/** Archives that other installations told of, with their keys. */
export interface ArchiveShelf {
  put(archive: AvailableArchive): Promise<void>;
  /** Oldest first. */
  list(): Promise<readonly AvailableArchive[]>;
  /** Forgets it for good, the key included; an unknown id changes nothing. */
  remove(id: string): Promise<void>;
}

/** Changes of preferences that wait to be told. */
export interface PreferenceOutbox {
  /** In one transaction: keeps the change and, where it holds an HMAC key, for which installations that was made. */
  put(
    unsent: UnsentPreferences,
    keyAudience?: readonly InstallationId[],
  ): Promise<void>;
  /** In the order of their ids. */
  list(): Promise<readonly UnsentPreferences[]>;
  remove(id: string): Promise<void>;
  /** The installations that the HMAC key was made for; undefined where that isn't known. */
  keyAudience(): Promise<readonly InstallationId[] | undefined>;
  setKeyAudience(
    audience: readonly InstallationId[] | undefined,
  ): Promise<void>;
}

export interface UnsentPreferences {
  /** No two have the same. */
  readonly id: string;
  readonly updates: PreferenceUpdates;
}
