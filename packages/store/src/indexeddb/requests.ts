import {
  type ArchiveShelf,
  decodeRequest,
  encodeRequest,
  type PreferenceOutbox,
  type RequestStore,
  type SyncRequest,
} from "@history-sync/sync-worker";
import { compareNs } from "../shown.js";
import { IndexedDbArchiveShelf } from "./archive-shelf.js";
import type { Database } from "./database.js";
import { ownBytes } from "./keys.js";
import { type Overwritable, overwrite, remove } from "./overwrite.js";
import { IndexedDbPreferenceOutbox } from "./preference-outbox.js";
import type { StateRecord } from "./schema.js";

const initialRequest = "initial-request";

/** The worker's requests in IndexedDB. */
export class IndexedDbRequestStore implements RequestStore {
  readonly archives: ArchiveShelf;
  readonly outbox: PreferenceOutbox;
  readonly #db: Database;

  constructor(db: Database) {
    this.archives = new IndexedDbArchiveShelf(db);
    this.outbox = new IndexedDbPreferenceOutbox(db);
    this.#db = db;
  }

  get(id: string): Promise<SyncRequest | undefined> {
    return this.#db.read(["sync_requests"], async (tx) => {
      const record = await tx.objectStore("sync_requests").get(id);
      return record && decodeRequest(record.state);
    });
  }

  put(request: SyncRequest): Promise<void> {
    return this.#db.write(["sync_requests"], (tx) =>
      put(tx.objectStore("sync_requests"), request),
    );
  }

  remove(id: string): Promise<void> {
    return this.#db.write(["sync_requests"], (tx) =>
      remove(tx.objectStore("sync_requests"), id),
    );
  }

  async list(): Promise<readonly SyncRequest[]> {
    const records = await this.#db.read(["sync_requests"], (tx) =>
      tx.objectStore("sync_requests").getAll(),
    );
    // They are ordered by id already.
    return records
      .map(({ state }) => decodeRequest(state))
      .sort((a, b) => compareNs(a.createdAtNs, b.createdAtNs));
  }

  async initialRequestDecided(): Promise<boolean> {
    const decided = await this.#db.read(["sync_decisions"], (tx) =>
      tx.objectStore("sync_decisions").get(initialRequest),
    );
    return decided === true;
  }

  decideInitialRequest(request: SyncRequest | undefined): Promise<void> {
    return this.#db.write(["sync_decisions", "sync_requests"], async (tx) => {
      await tx.objectStore("sync_decisions").put(true, initialRequest);
      if (request) await put(tx.objectStore("sync_requests"), request);
    });
  }
}

async function put(
  requests: Overwritable<string, StateRecord>,
  request: SyncRequest,
): Promise<void> {
  await overwrite(requests, request.id);
  const state = ownBytes(encodeRequest(request));
  await requests.put({ id: request.id, state });
}
