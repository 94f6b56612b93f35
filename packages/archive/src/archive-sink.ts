import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import type { RowCounts } from "./row-counts.js";

/** Where history is imported to. */
export interface ArchiveSink {
  /** How many frames of this import are merged for good; 0 for one that never ran. */
  cursor(importId: string): Promise<number>;
  /**
   * In one transaction: reads the local rows that the page's rows meet, applies `merge` to them, writes what it
   * returns over what is there, and moves the import's cursor. All of it happens, or nothing.
   *
   * The local rows are those with the keys of the page's rows, and the conversations of its messages.
   * A message whose conversation is neither local nor written with it is refused: `unknown-conversation`.
   */
  mergePage(page: ImportPage, merge: Merge): Promise<Merged>;
}

/** The rows of a page, by what they are. */
export interface Rows {
  readonly groups: readonly GroupSave[];
  readonly messages: readonly GroupMessageSave[];
  readonly consent: readonly ConsentSave[];
  readonly hmacKey?: HmacKeySave | undefined;
}

export interface ImportPage extends Rows {
  /** Set for an archive; preference updates have none and move no cursor. New rows remember the id. */
  readonly import?: { readonly id: string; readonly cursor: number };
}

/** A pure function from the local rows that a page meets, and the page, to the rows to write; other rows stay. */
export type Merge = (local: Rows, page: Rows) => Merged;

/** What a merge does. */
export interface Merged {
  readonly write: Rows;
  readonly counts: MergeCounts;
  /** Ids of messages that came with another body than the local message of that id. */
  readonly conflicts: readonly Uint8Array[];
}

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
