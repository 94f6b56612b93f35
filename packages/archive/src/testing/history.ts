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

/** What the contract suites are run on. */
export type History = ArchiveSource & ArchiveSink;

/** Makes an empty history for one test; `close` lets go of it. */
export type HistoryFactory = () => Promise<{
  readonly history: History;
  readonly close?: () => Promise<void>;
}>;

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

export async function put(
  history: ArchiveSink,
  rows: Partial<Rows>,
): Promise<void> {
  await history.mergePage({ ...noRows, ...rows }, (_local, page) =>
    writing(page),
  );
}

export interface WholeHistory {
  readonly groups: readonly GroupSave[];
  readonly messages: readonly GroupMessageSave[];
  readonly consent: readonly ConsentSave[];
  readonly hmacKey: HmacKeySave | undefined;
}

/** Everything that a selection takes, by default all that didn't expire by the time of the sample rows. */
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
