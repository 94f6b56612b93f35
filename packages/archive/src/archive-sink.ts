import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import type { ArchiveOrigin } from "./manifest/ids.js";
import type { RowCounts } from "./row-counts.js";

/** Where history is imported to. */
export interface ArchiveSink {
  /** How far this import is; undefined for one that never ran. */
  progress(importId: string): Promise<ImportProgress | undefined>;
  /**
   * In one transaction: reads the local rows that the page's rows meet, applies `merge` to them, writes what it
   * returns over what is there, moves the import's cursor and keeps its new state. All of it happens, or nothing.
   *
   * The local rows are those with the keys of the page's rows, and the conversations of its messages.
   * A message whose conversation is neither local nor written with it is refused: `unknown-conversation`.
   */
  mergePage(page: ImportPage, merge: Merge): Promise<Merged>;
}

export interface ImportProgress {
  /** Frames that are merged for good. */
  readonly cursor: number;
  /** The last state that a merge of this import returned; opaque. */
  readonly state: Uint8Array | undefined;
}

/** The rows of a page, by what they are. */
export interface Rows {
  readonly groups: readonly GroupSave[];
  readonly messages: readonly GroupMessageSave[];
  readonly consent: readonly ConsentSave[];
  readonly hmacKey?: HmacKeySave | undefined;
}

export interface ImportPage extends Rows {
  /** Set for an archive; preference updates have none and move no cursor. New rows remember where they come from. */
  readonly import?: ImportStep;
}

/** Where an import is after a page, and whose archive it takes in. */
export interface ImportStep extends ArchiveOrigin {
  readonly id: string;
  readonly cursor: number;
}

/** A pure function from the local rows that a page meets, and the page, to the rows to write; other rows stay. */
export type Merge = (local: Rows, page: Rows) => Merged;

/** What a merge does. */
export interface Merged {
  readonly write: Rows;
  readonly counts: MergeCounts;
  /** Ids of messages that came with another body than the local message of that id. */
  readonly conflicts: readonly Uint8Array[];
  /** What became of the page's messages, one by one. */
  readonly outcomes: readonly MessageOutcome[];
  /** What the import has to know to go on after this page; without it, what is stored stays. */
  readonly state?: Uint8Array;
}

/**
 * - `present`: written now, or there before.
 * - `conflicting`: there before with another body, which stays.
 * - `skipped`: never written.
 */
export type MessageOutcome = "present" | "conflicting" | "skipped";

/** What became of the rows of each kind. */
export interface MergeCounts {
  readonly groups: RowCounts;
  /** Conversations made for messages that came without theirs. */
  readonly stubs: number;
  /** Conversations that came without a type; they are kept, like stubs, until an archive with a type fills them in. */
  readonly untyped: number;
  readonly messages: RowCounts;
  readonly consent: RowCounts;
  readonly hmacKey: RowCounts;
}
