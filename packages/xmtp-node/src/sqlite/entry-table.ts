import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type Entry,
  keepsNewestOnly,
  type ReadPage,
  type ReadRange,
  type TopicName,
} from "../storage/node-storage.js";
import { takePage } from "../storage/page.js";

/** A row to insert. */
export interface EntryRow extends Omit<Entry, "id"> {
  /** Default: the next id. */
  readonly id?: bigint | undefined;
  readonly digest?: Uint8Array | undefined;
}

// Starts a descending read at the end.
const maxId = 2n ** 63n - 1n;

/** The table of entries. The caller of `insert` opens the transaction. */
export class EntryTable {
  readonly #insert: StatementSync;
  readonly #deleteOlder: StatementSync;
  readonly #idOfDigest: StatementSync;
  readonly #newest: StatementSync;
  readonly #ascending: StatementSync;
  readonly #descending: StatementSync;

  constructor(db: DatabaseSync) {
    const columns = "id, topic, created_at_ns, body";
    this.#insert = db.prepare(
      "INSERT INTO entries (id, topic, created_at_ns, digest, body) VALUES (?, ?, ?, ?, ?)",
    );
    this.#deleteOlder = db.prepare(
      "DELETE FROM entries WHERE topic = ? AND id < ?",
    );
    this.#idOfDigest = db.prepare(
      "SELECT id FROM entries WHERE topic = ? AND digest = ?",
    );
    this.#newest = db.prepare(
      `SELECT ${columns} FROM entries WHERE topic = ? ORDER BY id DESC LIMIT 1`,
    );
    this.#ascending = db.prepare(
      `SELECT ${columns} FROM entries WHERE topic = ? AND id > ? ORDER BY id LIMIT ?`,
    );
    this.#descending = db.prepare(
      `SELECT ${columns} FROM entries WHERE topic = ? AND id < ? ORDER BY id DESC LIMIT ?`,
    );
  }

  insert({ id, topic, createdAtNs, digest, body }: EntryRow): Entry {
    const { lastInsertRowid } = this.#insert.run(
      id ?? null,
      topic,
      createdAtNs,
      digest ?? null,
      body,
    );
    const stored = { topic, id: BigInt(lastInsertRowid), createdAtNs, body };
    if (keepsNewestOnly(topic)) this.#deleteOlder.run(topic, stored.id);
    return stored;
  }

  idOfDigest(topic: TopicName, digest: Uint8Array): bigint | undefined {
    const row = this.#idOfDigest.get(topic, digest);
    return row && (row.id as bigint);
  }

  newest(topic: TopicName): Entry | undefined {
    const row = this.#newest.get(topic);
    return row && entryOf(row);
  }

  read(topic: TopicName, range: ReadRange): ReadPage {
    const { direction, cursor, maxEntries } = range;
    const rows =
      direction === "ascending"
        ? this.#ascending.iterate(topic, cursor, maxEntries)
        : this.#descending.iterate(topic, cursor || maxId, maxEntries);
    return takePage(entriesOf(rows), range);
  }
}

type Row = Readonly<Record<string, unknown>>;

function* entriesOf(rows: Iterable<Row>): Generator<Entry, void, undefined> {
  for (const row of rows) yield entryOf(row);
}

function entryOf(row: Row): Entry {
  return {
    topic: row.topic as TopicName,
    id: row.id as bigint,
    createdAtNs: row.created_at_ns as bigint,
    body: row.body as Uint8Array,
  };
}
