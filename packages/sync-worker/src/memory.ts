import type { RequestStore, SyncRequest } from "./request-store.js";

/** Requests that live as long as the process: for tests and for apps without a disk. */
export class MemoryRequestStore implements RequestStore {
  readonly #requests = new Map<string, SyncRequest>();
  #decided = false;

  async get(id: string): Promise<SyncRequest | undefined> {
    return this.#requests.get(id);
  }

  async put(request: SyncRequest): Promise<void> {
    this.#requests.set(request.id, request);
  }

  async list(): Promise<readonly SyncRequest[]> {
    return [...this.#requests.values()].sort((a, b) =>
      a.createdAtNs === b.createdAtNs
        ? a.id.localeCompare(b.id)
        : a.createdAtNs < b.createdAtNs
          ? -1
          : 1,
    );
  }

  async initialRequestDecided(): Promise<boolean> {
    return this.#decided;
  }

  async decideInitialRequest(request: SyncRequest | undefined): Promise<void> {
    this.#decided = true;
    if (request) await this.put(request);
  }
}
