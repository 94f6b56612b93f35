import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { ArchiveSnapshot, Selection } from "@history-sync/archive";
import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import { groupRow } from "./group-row.js";
import { messageRow } from "./message-row.js";
import { consentRow, hmacKeyRow } from "./preference-rows.js";
import type { RowCodec } from "./row-codec.js";

const pageRows = 1_000;
const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

// `:first` is the first nanosecond of the window, `:last` its last one.
const isSelected = `
  m.sent_at_ns BETWEEN :first AND :last
  AND m.kind = 1 -- application messages
  AND (
    c.message_disappear_from_ns > 0
    AND c.message_disappear_in_ns > 0
    AND m.sent_at_ns > c.message_disappear_from_ns
    AND (
      :exclude
      OR m.import IS NULL -- a restored message stays
        AND m.sent_at_ns + c.message_disappear_in_ns <= :now
    )
  ) IS NOT TRUE`;

const selectGroups = `
  SELECT c.* FROM conversations c
  WHERE c.id > :id
  AND c.conversation_type <> 3 -- sync groups
  AND (
    c.created_at_ns BETWEEN :first AND :last
    OR EXISTS (SELECT 1 FROM messages m WHERE m.group_id = c.id AND ${isSelected})
  )
  ORDER BY c.id LIMIT ${pageRows}`;

// A cross join keeps SQLite on the index of times, whatever it thinks of the tables' sizes.
const selectMessages = `
  SELECT m.* FROM messages m CROSS JOIN conversations c ON c.id = m.group_id
  WHERE (m.sent_at_ns, m.id) > (:sent_at_ns, :id)
  AND c.conversation_type <> 3 -- sync groups
  AND ${isSelected}
  ORDER BY m.sent_at_ns, m.id LIMIT ${pageRows}`;

const selectConsent = `
  SELECT * FROM consent
  WHERE (entity_type, entity) > (:entity_type, :entity)
  ORDER BY entity_type, entity LIMIT ${pageRows}`;

/**
 * A read transaction on a connection of its own: writers go on meanwhile, and what they write isn't seen.
 * Pages go on after the last key of the page before, so that each costs the same.
 */
export class SqliteSnapshot implements ArchiveSnapshot {
  readonly #db: DatabaseSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true, readBigInts: true });
    // The transaction's view is that of its first read.
    this.#db.exec(
      "PRAGMA busy_timeout = 5000; BEGIN; SELECT 1 FROM imports LIMIT 1",
    );
  }

  groups(selection: Selection): AsyncIterable<readonly GroupSave[]> {
    return this.#pages(selectGroups, groupRow, {
      start: { id: noBytes },
      next: ({ id }) => ({ id }),
      fixed: parametersOf(selection),
    });
  }

  messages(selection: Selection): AsyncIterable<readonly GroupMessageSave[]> {
    const fixed = parametersOf(selection);
    return this.#pages(selectMessages, messageRow, {
      start: { sent_at_ns: fixed.first, id: noBytes },
      next: ({ sentAtNs, id }) => ({ sent_at_ns: sentAtNs, id }),
      fixed,
    });
  }

  consent(): AsyncIterable<readonly ConsentSave[]> {
    return this.#pages(selectConsent, consentRow, {
      start: { entity_type: minInt64, entity: "" },
      next: ({ entityType, entity }) => ({ entity_type: entityType, entity }),
      fixed: {},
    });
  }

  async hmacKey(): Promise<HmacKeySave | undefined> {
    const columns = this.#db.prepare("SELECT * FROM hmac_key").get();
    return columns && hmacKeyRow.decode(columns);
  }

  async close(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
  }

  async *#pages<Row>(
    sql: string,
    codec: RowCodec<Row>,
    keys: {
      readonly start: Record<string, SQLInputValue>;
      readonly next: (last: Row) => Record<string, SQLInputValue>;
      readonly fixed: Record<string, SQLInputValue>;
    },
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const statement = this.#db.prepare(sql);
    let key = keys.start;
    while (true) {
      const page = statement
        .all({ ...keys.fixed, ...key })
        .map((columns) => codec.decode(columns));
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      if (page.length < pageRows) return;
      key = keys.next(last);
    }
  }
}

const noBytes = new Uint8Array();

function parametersOf(selection: Selection): {
  first: bigint;
  last: bigint;
  now: bigint;
  exclude: number;
} {
  const { nowNs, startNs, endNs, excludeDisappearingMessages } = selection;
  return {
    first: startNs === undefined ? minInt64 : int64(startNs + 1n),
    last: endNs === undefined ? maxInt64 : int64(endNs),
    now: int64(nowNs),
    exclude: excludeDisappearingMessages ? 1 : 0,
  };
}

function int64(value: bigint): bigint {
  if (value > maxInt64) return maxInt64;
  return value < minInt64 ? minInt64 : value;
}
