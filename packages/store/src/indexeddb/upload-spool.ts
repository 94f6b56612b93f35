import type { UploadSpool } from "@history-sync/sync-worker";
import type { Database } from "./database.js";
import { ownBytes } from "./keys.js";
import type { SpooledKey } from "./schema.js";

const name = "upload_spool";

/** Keeps sealed archives in IndexedDB: a record for each append, under the archive's id and the offset. */
export class IndexedDbUploadSpool implements UploadSpool {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  append(id: string, bytes: Uint8Array): Promise<void> {
    const own = ownBytes(bytes);
    return this.#db.write([name], async (tx) => {
      const spool = tx.objectStore(name);
      const last = await spool.openCursor(all(id), "prev");
      const end = last ? endOf(last.key, last.value) : 0;
      await spool.put(own, [id, end]);
    });
  }

  /** Every write is on the disk when it resolves. */
  async flush(): Promise<void> {}

  size(id: string): Promise<number> {
    return this.#db.read([name], async (tx) => {
      const last = await tx.objectStore(name).openCursor(all(id), "prev");
      return last ? endOf(last.key, last.value) : 0;
    });
  }

  async *read(
    id: string,
    offset: number,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = offset; ; ) {
      const piece = await this.#piece(id, at);
      if (!piece) return;
      at += piece.length;
      yield piece;
    }
  }

  remove(id: string): Promise<void> {
    return this.#db.write([name], (tx) => tx.objectStore(name).delete(all(id)));
  }

  async list(): Promise<readonly string[]> {
    const keys = await this.#db.read([name], (tx) =>
      tx.objectStore(name).getAllKeys(),
    );
    return [...new Set(keys.map(([id]) => id))];
  }

  /** Returns the bytes of a record from an offset on. */
  #piece(id: string, offset: number): Promise<Uint8Array | undefined> {
    const upTo = IDBKeyRange.bound([id, 0], [id, offset]);
    return this.#db.read([name], async (tx) => {
      const found = await tx.objectStore(name).openCursor(upTo, "prev");
      if (!found) return undefined;
      const [, start] = found.key;
      const piece = found.value.subarray(offset - start);
      return piece.length > 0 ? piece : undefined;
    });
  }
}

/** IndexedDB orders arrays after all numbers. */
function all(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}

function endOf([, start]: SpooledKey, bytes: Uint8Array): number {
  return start + bytes.length;
}
