import type { RequestStore, SyncRequest } from "@history-sync/sync-worker";
import { compareNs } from "../shown.js";
import type { Database, WriteTransaction } from "./database.js";
import { overwrite } from "./overwrite.js";
import { requestOf, requestRecord } from "./request-record.js";

const initialRequest = "initial-request";

/** The worker's requests in IndexedDB. */
export class IndexedDbRequestStore implements RequestStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(id: string): Promise<SyncRequest | undefined> {
    return this.#db.read(["sync_requests"], async (tx) => {
      const record = await tx.objectStore("sync_requests").get(id);
      return record && requestOf(record);
    });
  }

  put(request: SyncRequest): Promise<void> {
    return this.#db.write(["sync_requests"], (tx) => put(tx, request));
  }

  async list(): Promise<readonly SyncRequest[]> {
    const records = await this.#db.read(["sync_requests"], (tx) =>
      tx.objectStore("sync_requests").getAll(),
    );
    // By id they are already.
    return records
      .map(requestOf)
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
      if (request) await put(tx, request);
    });
  }
}

async function put(
  tx: Pick<WriteTransaction<"sync_requests">, "objectStore">,
  request: SyncRequest,
): Promise<void> {
  const requests = tx.objectStore("sync_requests");
  await overwrite(requests, request.id);
  await requests.put(requestRecord(request));
}
