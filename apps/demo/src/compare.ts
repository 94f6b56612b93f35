import {
  type DescMessage,
  type MessageShape,
  toJson,
} from "@bufbuild/protobuf";
import { type GroupId, groupIdOf, toHex } from "@history-sync/primitives";
import {
  type ConsentSave,
  ConsentSaveSchema,
  type GroupMessageSave,
  GroupMessageSaveSchema,
  GroupSaveSchema,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import type { HistoryStore } from "@history-sync/store";

/** The numbers of compared rows by kind, and the rows that differ. */
export interface Comparison {
  readonly conversations: number;
  readonly messages: number;
  readonly consent: number;
  readonly hmacKeys: number;
  readonly differences: readonly string[];
}

const pageLimit = 1_000;

/** Rows by key, each as canonical text of all its fields. */
type Rows = ReadonlyMap<string, string>;

/** Compares two histories row by row and field by field. */
export async function compareHistories(
  a: HistoryStore,
  b: HistoryStore,
): Promise<Comparison> {
  const [conversations, messages, consent, hmacKey] = await Promise.all([
    pair(a, b, conversationRows),
    pair(a, b, messageRows),
    pair(a, b, consentRows),
    pair(a, b, hmacKeyRows),
  ]);
  return {
    conversations: conversations[0].size,
    messages: messages[0].size,
    consent: consent[0].size,
    hmacKeys: hmacKey[0].size,
    differences: [
      ...differencesOf("conversation", conversations),
      ...differencesOf("message", messages),
      ...differencesOf("consent", consent),
      ...differencesOf("HMAC key", hmacKey),
    ],
  };
}

type Pair = readonly [Rows, Rows];

async function pair(
  a: HistoryStore,
  b: HistoryStore,
  read: (history: HistoryStore) => Promise<Rows>,
): Promise<Pair> {
  return [await read(a), await read(b)];
}

function differencesOf(kind: string, [a, b]: Pair): string[] {
  const keys = new Set([...a.keys(), ...b.keys()]);
  return [...keys]
    .filter((key) => a.get(key) !== b.get(key))
    .map((key) => {
      const where = a.has(key)
        ? b.has(key)
          ? "differs"
          : "only on A"
        : "only on B";
      return `${kind} ${key}: ${where}`;
    });
}

async function conversationRows(history: HistoryStore): Promise<Rows> {
  const rows = await history.conversations();
  return rowsOf(GroupSaveSchema, rows, ({ id }) => toHex(id));
}

async function messageRows(history: HistoryStore): Promise<Rows> {
  const all = new Map<string, string>();
  for (const { id } of await history.conversations()) {
    for await (const page of pagesOf(history, groupIdOf(id))) {
      const rows = rowsOf(GroupMessageSaveSchema, page, (row) => toHex(row.id));
      for (const [key, text] of rows) all.set(key, text);
    }
  }
  return all;
}

async function* pagesOf(
  history: HistoryStore,
  conversation: GroupId,
): AsyncGenerator<readonly GroupMessageSave[]> {
  let before: GroupMessageSave | undefined;
  while (true) {
    const page = await history.messages(
      conversation,
      before ? { before, limit: pageLimit } : { limit: pageLimit },
    );
    if (page.length > 0) yield page;
    if (page.length < pageLimit) return;
    before = page.at(-1);
  }
}

async function consentRows(history: HistoryStore): Promise<Rows> {
  const rows: readonly ConsentSave[] = await history.consentRecords();
  return rowsOf(
    ConsentSaveSchema,
    rows,
    (row) => `${row.entityType} ${row.entity}`,
  );
}

async function hmacKeyRows(history: HistoryStore): Promise<Rows> {
  const hmacKey = await history.hmacKey();
  return rowsOf(HmacKeySaveSchema, hmacKey ? [hmacKey] : [], () => "");
}

function rowsOf<Desc extends DescMessage>(
  schema: Desc,
  rows: readonly MessageShape<Desc>[],
  keyOf: (row: MessageShape<Desc>) => string,
): Rows {
  return new Map(
    rows.map((row) => [
      keyOf(row),
      JSON.stringify(sorted(toJson(schema, row))),
    ]),
  );
}

/** Maps have no order on the wire: compare them as if they had one. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, sorted(inner)]),
  );
}
