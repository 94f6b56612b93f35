import type { DatabaseSync } from "node:sqlite";
import { type Clock, nowNs, systemClock } from "@history-sync/primitives";
import { Followers } from "../storage/followers.js";
import type {
  Appended,
  Entry,
  NewEntry,
  NodeStorage,
  ReadPage,
  ReadRange,
  TopicName,
} from "../storage/node-storage.js";
import { conflict, storageClosed } from "../storage/storage-errors.js";
import { openDatabase, transaction, withStorageErrors } from "./database.js";
import { EntryTable } from "./entry-table.js";

/** The settings of an SQLite storage. */
export interface SqliteNodeStorageOptions {
  readonly clock?: Clock;
  /** The size in bytes that the file can't grow beyond. Default: unlimited. */
  readonly maxFileBytes?: number;
}

interface Waiting {
  readonly entry: NewEntry;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome =
  | { readonly appended: Appended; readonly stored?: Entry }
  | { readonly refused: unknown };

/**
 * Stores an XMTP node's data in one SQLite file. Concurrent appends are written in one transaction, so that they share
 * one flush to disk.
 *
 * @example
 * ```ts
 * import { SqliteNodeStorage } from "@history-sync/xmtp-node/sqlite";
 *
 * const storage = new SqliteNodeStorage("node.db");
 * await storage.close();
 * ```
 */
export class SqliteNodeStorage implements NodeStorage {
  readonly #db: DatabaseSync;
  readonly #table: EntryTable;
  readonly #clock: Clock;
  readonly #followers = new Followers();
  #waiting: Waiting[] = [];
  #closed = false;

  /**
   * Opens the file at `path`, or creates it. `:memory:` is a database in memory.
   *
   * @throws {XmtpNodeError} `newer-schema`, `unknown-schema`, `storage-full`, `storage-failed`
   */
  constructor(
    path: string,
    { clock = systemClock, maxFileBytes }: SqliteNodeStorageOptions = {},
  ) {
    this.#db = openDatabase(path, maxFileBytes);
    this.#table = new EntryTable(this.#db);
    this.#clock = clock;
  }

  append(entry: NewEntry): Promise<Appended> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw storageClosed();
      this.#waiting.push({ entry, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  async read(topic: TopicName, range: ReadRange): Promise<ReadPage> {
    return this.#reading(() => this.#table.read(topic, range));
  }

  async newest(
    topics: readonly TopicName[],
  ): Promise<readonly (Entry | undefined)[]> {
    return this.#reading(() =>
      topics.map((topic) => this.#table.newest(topic)),
    );
  }

  follow(listener: (entry: Entry) => void): () => void {
    return this.#followers.add(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#flush();
    this.#db.close();
  }

  #reading<Result>(work: () => Result): Result {
    if (this.#closed) throw storageClosed();
    return withStorageErrors(work);
  }

  #flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    let outcomes: readonly Outcome[];
    try {
      outcomes = transaction(this.#db, () =>
        waiting.map(({ entry }) => this.#write(entry)),
      );
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    for (const [i, { resolve, reject }] of waiting.entries()) {
      const outcome = outcomes[i] as Outcome;
      if ("refused" in outcome) {
        reject(outcome.refused);
        continue;
      }
      if (outcome.stored) this.#followers.notify(outcome.stored);
      resolve(outcome.appended);
    }
  }

  /** A conflict is one entry's outcome; only SQLite's own errors end the transaction. */
  #write(entry: NewEntry): Outcome {
    const { topic, body, digest, expectedLastId } = entry;
    const known = digest && this.#table.idOfDigest(topic, digest);
    if (known) return { appended: { id: known, duplicate: true } };
    if (expectedLastId !== undefined) {
      const lastId = this.#table.newest(topic)?.id ?? 0n;
      if (expectedLastId !== lastId) {
        return { refused: conflict(expectedLastId, lastId) };
      }
    }
    const createdAtNs = nowNs(this.#clock);
    const stored = this.#table.insert({ topic, createdAtNs, digest, body });
    return { appended: { id: stored.id, duplicate: false }, stored };
  }
}
