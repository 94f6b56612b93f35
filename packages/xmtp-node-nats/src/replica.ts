import type { DatabaseSync } from "node:sqlite";
import {
  type EntryRow,
  EntryTable,
  openDatabase,
  transaction,
} from "@history-sync/xmtp-node/sqlite";
import {
  type Entry,
  Followers,
  storageClosed,
} from "@history-sync/xmtp-node/storage";

/** An entry of the stream. */
export interface StreamEntry extends EntryRow {
  readonly id: bigint;
}

interface Waiting {
  readonly id: bigint;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A copy of a stream in SQLite, which answers all reads. It is never the only copy, so it isn't flushed to disk; after a
 * crash it resumes from the last entry in its file.
 */
export class Replica {
  readonly table: EntryTable;
  readonly followers: Followers = new Followers();
  readonly #db: DatabaseSync;
  #arrived: StreamEntry[] = [];
  #waiting: Waiting[] = [];
  #appliedId: bigint;
  #end: unknown;

  constructor(path: string, streamName: string) {
    this.#db = openDatabase(path);
    this.#db.exec("PRAGMA synchronous = OFF");
    this.#bindTo(streamName);
    this.table = new EntryTable(this.#db);
    const { last } = this.#db
      .prepare("SELECT coalesce(max(id), 0) AS last FROM entries")
      .get() as { last: bigint };
    this.#appliedId = last;
  }

  /** The id of the last entry that can be read. */
  get appliedId(): bigint {
    return this.#appliedId;
  }

  /** Queues the next entry of the stream. Queued entries are written in one transaction. */
  take(entry: StreamEntry): void {
    this.#arrived.push(entry);
    if (this.#arrived.length === 1) setImmediate(() => this.#apply());
  }

  /** Resolves when the entry with this id can be read. */
  reached(id: bigint): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end) throw this.#end;
      if (id <= this.#appliedId) resolve();
      else this.#waiting.push({ id, resolve, reject });
    });
  }

  /** Ends the replica: pending and later calls of `reached` reject with this reason. */
  fail(reason: unknown): void {
    if (this.#end) return;
    this.#end = reason;
    for (const { reject } of this.#waiting) reject(reason);
    this.#waiting = [];
  }

  close(): void {
    this.fail(storageClosed());
    if (this.#db.isOpen) this.#db.close();
  }

  #apply(): void {
    if (this.#end) return;
    const arrived = this.#arrived;
    this.#arrived = [];
    let stored: readonly Entry[];
    try {
      stored = transaction(this.#db, () =>
        arrived.flatMap((entry) => this.#write(entry)),
      );
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#appliedId = arrived.at(-1)?.id ?? this.#appliedId;
    for (const entry of stored) this.followers.notify(entry);
    const reached = this.#waiting.filter(({ id }) => id <= this.#appliedId);
    this.#waiting = this.#waiting.filter(({ id }) => id > this.#appliedId);
    for (const { resolve } of reached) resolve();
  }

  #write(entry: StreamEntry): readonly Entry[] {
    if (entry.id <= this.#appliedId) return [];
    // NATS forgets message ids after a while, so that two nodes may both have sent it; the first one counts.
    const isThere =
      entry.digest && this.table.idOfDigest(entry.topic, entry.digest);
    return isThere ? [] : [this.table.insert(entry)];
  }

  /** Empties a file that is a copy of another stream. */
  #bindTo(streamName: string): void {
    const known = this.#db.prepare("SELECT name FROM replica_of").get();
    if (known?.name === streamName) return;
    transaction(this.#db, () => {
      this.#db.exec("DELETE FROM entries; DELETE FROM replica_of");
      this.#db
        .prepare("INSERT INTO replica_of (name) VALUES (?)")
        .run(streamName);
    });
  }
}
