import { DatabaseSync, type StatementSync } from "node:sqlite";
import type {
  ArchiveSnapshot,
  MessageOrder,
  Selection,
} from "@history-sync/archive";
import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import { statements } from "./database.js";
import { groupRow } from "./group-row.js";
import { MessageReader } from "./message-row.js";
import { consentRow, hmacKeyRow } from "./preference-rows.js";
import type { RowCodec } from "./row-codec.js";
import {
  parametersOf,
  type SelectionParameters,
  selectChosen,
  selectConsent,
  selectGroups,
  selectMessages,
  selectNthNewest,
} from "./selection-sql.js";

const pageRows = 1_000;
const minInt64 = -(2n ** 63n);

/**
 * A read transaction on a connection of its own: other connections write in the meantime, and their changes aren't
 * visible in it. The rows of each kind come from one statement, which continues for each page, so that each row costs
 * the same.
 */
export class SqliteSnapshot implements ArchiveSnapshot {
  readonly #db: DatabaseSync;
  #choices = 0;

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true, readBigInts: true });
    // A transaction reads the state at its first read.
    this.#db.exec(
      "PRAGMA busy_timeout = 5000; BEGIN; SELECT 1 FROM imports LIMIT 1",
    );
  }

  groups(selection: Selection): AsyncIterable<readonly GroupSave[]> {
    return this.#pages(selectGroups, groupRow, selection);
  }

  async *messages(
    selection: Selection,
    order: MessageOrder,
  ): AsyncGenerator<readonly GroupMessageSave[], void, undefined> {
    const parameters = parametersOf(selection);
    if (!parameters.any) return;
    const statement = statements(() => {
      const chosen = this.#choose(selection, parameters);
      return this.#prepare(selectMessages(order, chosen));
    });
    statement.setReturnArrays(true);
    const reader = new MessageReader(this.#db);
    const rows: Iterable<unknown> = statement.iterate(parameters);
    yield* pagesOf(rows, (row) => reader.read(row));
  }

  consent(selection: Selection): AsyncIterable<readonly ConsentSave[]> {
    return this.#pages(selectConsent, consentRow, selection);
  }

  async hmacKey(): Promise<HmacKeySave | undefined> {
    const columns = statements(() =>
      this.#db.prepare("SELECT * FROM hmac_key").get(),
    );
    return columns && hmacKeyRow.decode(columns);
  }

  async close(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
  }

  async *#pages<Row>(
    sql: string,
    codec: RowCodec<Row>,
    selection: Selection,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const rows = this.#prepare(sql).iterate(parametersOf(selection));
    yield* pagesOf(rows, (columns) => codec.decode(columns));
  }

  /**
   * Creates a temporary table of the chosen conversations and returns its name; undefined if all messages of all
   * conversations are selected.
   */
  #choose(
    { conversations, newestPerConversation }: Selection,
    parameters: SelectionParameters,
  ): string | undefined {
    if (!conversations && newestPerConversation === undefined) return undefined;
    const table = `chosen_${++this.#choices}`;
    this.#db.exec(
      `CREATE TEMP TABLE ${table} (conversation INTEGER PRIMARY KEY, oldest_ns INTEGER, oldest_id BLOB)`,
    );
    const insert = this.#db.prepare(`INSERT INTO ${table} VALUES (?, ?, ?)`);
    const nthNewest = this.#prepare(selectNthNewest);
    for (const { row } of this.#prepare(selectChosen).all(parameters)) {
      const conversation = row as bigint;
      const skip = (newestPerConversation ?? 0) - 1;
      const oldest =
        skip < 0
          ? undefined
          : nthNewest.get({ ...parameters, conversation, skip });
      insert.run(
        conversation,
        (oldest?.sent_at_ns as bigint | undefined) ?? minInt64,
        (oldest?.id as Uint8Array | undefined) ?? new Uint8Array(),
      );
    }
    return table;
  }

  /** Prepares a statement that uses some of a selection's parameters. */
  #prepare(sql: string): StatementSync {
    const statement = this.#db.prepare(sql);
    statement.setAllowUnknownNamedParameters(true);
    return statement;
  }
}

async function* pagesOf<Columns, Row>(
  rows: Iterable<Columns>,
  decode: (columns: Columns) => Row,
): AsyncGenerator<readonly Row[], void, undefined> {
  const iterator = rows[Symbol.iterator]();
  try {
    while (true) {
      const page = statements(() => nextPage(iterator, decode));
      if (page.length > 0) yield page;
      if (page.length < pageRows) return;
    }
  } finally {
    iterator.return?.();
  }
}

function nextPage<Columns, Row>(
  rows: Iterator<Columns>,
  decode: (columns: Columns) => Row,
): readonly Row[] {
  const page: Row[] = [];
  while (page.length < pageRows) {
    const { done, value } = rows.next();
    if (done) break;
    page.push(decode(value));
  }
  return page;
}
