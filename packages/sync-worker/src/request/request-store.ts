import type { InstallationId } from "@history-sync/primitives";
import type { PreferenceUpdates } from "@history-sync/proto/device-sync";
import type { AvailableArchive, SyncRequest } from "./sync-request.js";

/** Stores the worker's requests durably. */
export interface RequestStore {
  get(id: string): Promise<SyncRequest | undefined>;
  /** Stores a request durably under its id. What an earlier stage held, such as an archive's key, is overwritten. */
  put(request: SyncRequest): Promise<void>;
  /** Deletes a request. An unknown id changes nothing. */
  remove(id: string): Promise<void>;
  /** Returns all requests, oldest first. */
  list(): Promise<readonly SyncRequest[]>;
  /** Returns true once `decideInitialRequest` was called. */
  initialRequestDecided(): Promise<boolean>;
  /** Records, in one transaction, that the initial request was decided on, and stores it where there is one. */
  decideInitialRequest(request: SyncRequest | undefined): Promise<void>;
  readonly archives: ArchiveShelf;
  readonly outbox: PreferenceOutbox;
}

/** Stores archives that other installations have sent, with their keys. */
export interface ArchiveShelf {
  put(archive: AvailableArchive): Promise<void>;
  /** Returns all archives, oldest first. */
  list(): Promise<readonly AvailableArchive[]>;
  /** Deletes an archive with its key. An unknown id changes nothing. */
  remove(id: string): Promise<void>;
}

/** Stores changes of preferences that are to be sent. */
export interface PreferenceOutbox {
  /** Stores, in one transaction, a change and the installations that its HMAC key was made for. */
  put(
    unsent: UnsentPreferences,
    keyAudience?: readonly InstallationId[],
  ): Promise<void>;
  /** Returns all changes in the order of their ids. */
  list(): Promise<readonly UnsentPreferences[]>;
  remove(id: string): Promise<void>;
  /** Returns the installations that the HMAC key was made for, undefined where that isn't known. */
  keyAudience(): Promise<readonly InstallationId[] | undefined>;
  setKeyAudience(
    audience: readonly InstallationId[] | undefined,
  ): Promise<void>;
}

/** Changed preferences that haven't been sent to the sync group yet. */
export interface UnsentPreferences {
  /** Unique. */
  readonly id: string;
  readonly updates: PreferenceUpdates;
}
