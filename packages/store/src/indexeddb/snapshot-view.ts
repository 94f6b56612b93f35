import type { Database, ReadTransaction } from "./database.js";
import type { HistoryStoreName, Overwritten } from "./overwritten.js";
import {
  type Direction,
  type KeyOrdered,
  type KeySpan,
  keyRange,
  nextPageRows,
  readPage,
  spanAfter,
  spanUpTo,
} from "./pages.js";
import {
  type ConsentRecord,
  type ConversationRecord,
  type HistoryRecord,
  type MessageRecord,
  onlyKey,
  type StoreSchema,
} from "./schema.js";

// The first page is small, since the length of the records isn't known yet.
const firstPageRows = 50;

type Pages<Record> = AsyncGenerator<readonly Record[], void, undefined>;

/**
 * Reads the records at one moment, page by page, each in a transaction of its own. It skips records that were written
 * later, and adds the records that those replaced.
 */
export class SnapshotView {
  readonly #db: Database;
  readonly #overwritten: Overwritten;
  /** The number of transactions that had written by then. */
  readonly #mark: number;
  #isOpen = true;

  private constructor(db: Database, overwritten: Overwritten, mark: number) {
    this.#db = db;
    this.#overwritten = overwritten;
    this.#mark = mark;
  }

  static async open(
    db: Database,
    overwritten: Overwritten,
  ): Promise<SnapshotView> {
    overwritten.openSnapshot();
    try {
      const mark = await db.read(["writes"], (tx) =>
        tx.objectStore("writes").get(onlyKey),
      );
      return new SnapshotView(db, overwritten, mark ?? 0);
    } catch (error) {
      overwritten.closeSnapshot();
      throw error;
    }
  }

  close(): void {
    if (this.#isOpen) this.#overwritten.closeSnapshot();
    this.#isOpen = false;
  }

  /** Returns conversations by id. */
  conversations(): Pages<ConversationRecord> {
    return this.#pages("conversations", {
      source: (tx) => tx.objectStore("conversations"),
      keyOf: ({ id }) => id,
    });
  }

  /** Returns messages by position. */
  messages(span: KeySpan, direction: Direction): Pages<MessageRecord> {
    return this.#pages("messages", {
      source: (tx) => tx.objectStore("messages"),
      keyOf: ({ position }) => position,
      span,
      direction,
    });
  }

  /** Returns messages of a conversation by position. */
  messagesOf(span: KeySpan, direction: Direction): Pages<MessageRecord> {
    return this.#pages("messages", {
      source: (tx) => tx.objectStore("messages").index("conversation"),
      keyOf: ({ conversation, position }) => [conversation, position],
      span,
      direction,
    });
  }

  /** Returns consent records by kind and entity. */
  consent(): Pages<ConsentRecord> {
    return this.#pages("consent", {
      source: (tx) => tx.objectStore("consent"),
      keyOf: ({ entityType, entity }) => [entityType, entity],
    });
  }

  async hmacKey(): Promise<HistoryRecord | undefined> {
    const record = await this.#db.read(["hmac_key"], (tx) =>
      tx.objectStore("hmac_key").get(onlyKey),
    );
    if (record && record.written <= this.#mark) return record;
    return this.#overwritten.asOf("hmac_key", this.#mark)[0];
  }

  async *#pages<Name extends Exclude<HistoryStoreName, "hmac_key">>(
    name: Name,
    walk: {
      readonly source: (
        tx: ReadTransaction<Name>,
      ) => KeyOrdered<StoreSchema[Name]["value"]>;
      readonly keyOf: (record: StoreSchema[Name]["value"]) => IDBValidKey;
      readonly span?: KeySpan;
      readonly direction?: Direction;
    },
  ): Pages<StoreSchema[Name]["value"]> {
    const { source, keyOf, direction = "rising" } = walk;
    let span = walk.span ?? {};
    let rows = firstPageRows;
    for (;;) {
      const page = await this.#db.read([name], (tx) =>
        readPage(source(tx), span, direction, rows),
      );
      const last = page[rows - 1];
      const end = last && keyOf(last);
      const covered = end ? spanUpTo(span, end, direction) : span;
      const records = this.#restored(name, page, { keyOf, covered, direction });
      if (records.length > 0) yield records;
      if (!end) return;
      span = spanAfter(span, end, direction);
      rows = nextPageRows(page);
    }
  }

  /** Returns a page at the moment of the view: without records written later, and with those that they replaced. */
  #restored<Name extends HistoryStoreName>(
    name: Name,
    page: readonly StoreSchema[Name]["value"][],
    walk: {
      readonly keyOf: (record: StoreSchema[Name]["value"]) => IDBValidKey;
      readonly covered: KeySpan;
      readonly direction: Direction;
    },
  ): readonly StoreSchema[Name]["value"][] {
    const { keyOf, covered, direction } = walk;
    const kept = page.filter(({ written }) => written <= this.#mark);
    const range = keyRange(covered);
    const isKept = (key: IDBValidKey) =>
      kept.some((record) => indexedDB.cmp(keyOf(record), key) === 0);
    const back = this.#overwritten.asOf(name, this.#mark).filter((record) => {
      const key = keyOf(record);
      return (range === null || range.includes(key)) && !isKept(key);
    });
    if (back.length === 0) return kept;
    const sign = direction === "rising" ? 1 : -1;
    return [...kept, ...back].sort(
      (a, b) => sign * indexedDB.cmp(keyOf(a), keyOf(b)),
    );
  }
}
