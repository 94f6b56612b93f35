import { concatBytes, type InstallationId } from "@history-sync/primitives";
import type { UploadSpool } from "./context/upload-spool.js";
import type {
  ArchiveShelf,
  PreferenceOutbox,
  RequestStore,
  UnsentPreferences,
} from "./request/request-store.js";
import type { AvailableArchive, SyncRequest } from "./request/sync-request.js";

/** Requests that live as long as the process: for tests and for apps without a disk. */
export class MemoryRequestStore implements RequestStore {
  readonly archives: ArchiveShelf = new MemoryShelf();
  readonly outbox: PreferenceOutbox = new MemoryOutbox();
  readonly #requests = new Map<string, SyncRequest>();
  #decided = false;

  async get(id: string): Promise<SyncRequest | undefined> {
    return this.#requests.get(id);
  }

  async put(request: SyncRequest): Promise<void> {
    this.#requests.set(request.id, request);
  }

  async remove(id: string): Promise<void> {
    this.#requests.delete(id);
  }

  async list(): Promise<readonly SyncRequest[]> {
    return oldestFirst(this.#requests.values(), (row) => row.createdAtNs);
  }

  async initialRequestDecided(): Promise<boolean> {
    return this.#decided;
  }

  async decideInitialRequest(request: SyncRequest | undefined): Promise<void> {
    this.#decided = true;
    if (request) await this.put(request);
  }
}

/** Sealed archives that live as long as the process. */
export class MemoryUploadSpool implements UploadSpool {
  readonly #entries = new Map<string, Uint8Array>();

  async append(id: string, bytes: Uint8Array): Promise<void> {
    this.#entries.set(id, concatBytes(this.#bytes(id), bytes));
  }

  async flush(): Promise<void> {}

  async size(id: string): Promise<number> {
    return this.#bytes(id).length;
  }

  async *read(id: string, offset: number): AsyncGenerator<Uint8Array> {
    const bytes = this.#bytes(id).subarray(offset);
    if (bytes.length > 0) yield bytes;
  }

  async remove(id: string): Promise<void> {
    this.#entries.delete(id);
  }

  async list(): Promise<readonly string[]> {
    return [...this.#entries.keys()];
  }

  #bytes(id: string): Uint8Array {
    return this.#entries.get(id) ?? new Uint8Array();
  }
}

class MemoryShelf implements ArchiveShelf {
  readonly #archives = new Map<string, AvailableArchive>();

  async put(archive: AvailableArchive): Promise<void> {
    this.#archives.set(archive.id, archive);
  }

  async list(): Promise<readonly AvailableArchive[]> {
    return oldestFirst(this.#archives.values(), (row) => row.sentAtNs);
  }

  async remove(id: string): Promise<void> {
    this.#archives.delete(id);
  }
}

class MemoryOutbox implements PreferenceOutbox {
  readonly #unsent = new Map<string, UnsentPreferences>();
  #audience: readonly InstallationId[] | undefined;

  async put(
    unsent: UnsentPreferences,
    keyAudience: readonly InstallationId[] | undefined = this.#audience,
  ): Promise<void> {
    this.#unsent.set(unsent.id, unsent);
    this.#audience = keyAudience;
  }

  async list(): Promise<readonly UnsentPreferences[]> {
    return [...this.#unsent.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async remove(id: string): Promise<void> {
    this.#unsent.delete(id);
  }

  async keyAudience(): Promise<readonly InstallationId[] | undefined> {
    return this.#audience;
  }

  async setKeyAudience(
    audience: readonly InstallationId[] | undefined,
  ): Promise<void> {
    this.#audience = audience;
  }
}

function oldestFirst<Row extends { readonly id: string }>(
  rows: Iterable<Row>,
  timeOf: (row: Row) => bigint,
): readonly Row[] {
  return [...rows].sort((a, b) =>
    timeOf(a) === timeOf(b)
      ? a.id < b.id
        ? -1
        : 1
      : timeOf(a) < timeOf(b)
        ? -1
        : 1,
  );
}
