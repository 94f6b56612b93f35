import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import type { ArchiveSink, Merged, Rows } from "../archive-sink.js";
import type { ArchiveSource } from "../archive-source.js";
import { RowTally } from "../row-counts.js";
import type { MessageOrder, Selection } from "../selection.js";
import { sampleNs } from "./sample-rows.js";

/** The history that the contract suites run on. */
export type History = ArchiveSource & ArchiveSink;

/** Creates an empty history for one test; `close` releases it. */
export type HistoryFactory = () => Promise<{
  readonly history: History;
  readonly close?: () => Promise<void>;
}>;

/** A page without rows. */
export const noRows: Rows = { groups: [], messages: [], consent: [] };

/** A merge that writes rows as they are. */
export function writing(rows: Rows): Merged {
  const none = new RowTally();
  const counts = {
    groups: none,
    stubs: 0,
    untyped: 0,
    messages: none,
    consent: none,
    hmacKey: none,
  };
  const outcomes = rows.messages.map(() => "present" as const);
  return { write: rows, counts, conflicts: [], outcomes };
}

/** Writes rows into a history in one page without an import. */
export async function put(
  history: ArchiveSink,
  rows: Partial<Rows>,
): Promise<void> {
  await history.mergePage({ ...noRows, ...rows }, (_local, page) =>
    writing(page),
  );
}

/** A history that is both ports of this package. */
export interface WholeHistory {
  readonly groups: readonly GroupSave[];
  readonly messages: readonly GroupMessageSave[];
  readonly consent: readonly ConsentSave[];
  readonly hmacKey: HmacKeySave | undefined;
}

/**
 * Returns everything that a selection includes; by default everything that hadn't expired by the time of the sample
 * rows.
 */
export async function readHistory(
  history: ArchiveSource,
  selection: Partial<Selection> = {},
  order: MessageOrder = "oldest-first",
): Promise<WholeHistory> {
  const snapshot = await history.snapshot();
  const whole = { nowNs: sampleNs, ...selection };
  try {
    return {
      groups: await flat(snapshot.groups(whole)),
      messages: await flat(snapshot.messages(whole, order)),
      consent: await flat(snapshot.consent(whole)),
      hmacKey: await snapshot.hmacKey(),
    };
  } finally {
    await snapshot.close();
  }
}

async function flat<Row>(
  pages: AsyncIterable<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
