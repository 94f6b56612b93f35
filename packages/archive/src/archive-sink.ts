import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import type { ArchiveOrigin } from "./manifest/ids.js";
import type { RowCounts } from "./row-counts.js";

/** The port that history is imported into. */
export interface ArchiveSink {
  /** Returns the progress of an import, or undefined for one that never ran. */
  progress(importId: string): Promise<ImportProgress | undefined>;
  /**
   * Merges a page in one transaction: reads the local rows with the keys of the page's rows, applies `merge` to them,
   * replaces rows with those that it returns, moves the import's cursor and stores its new state. All of it happens, or
   * nothing.
   *
   * The local rows include the conversations of the page's messages. A message whose conversation is neither local nor
   * written with it is refused: `unknown-conversation`.
   */
  mergePage(page: ImportPage, merge: Merge): Promise<Merged>;
}

/** How far an import has come, and its state. */
export interface ImportProgress {
  /** The number of frames whose rows are committed. */
  readonly cursor: number;
  /** The last state that a merge of this import returned. It is opaque to the sink. */
  readonly state: Uint8Array | undefined;
}

/** The rows of a page, by kind. */
export interface Rows {
  readonly groups: readonly GroupSave[];
  readonly messages: readonly GroupMessageSave[];
  readonly consent: readonly ConsentSave[];
  readonly hmacKey?: HmacKeySave | undefined;
}

/** The rows that one transaction merges. */
export interface ImportPage extends Rows {
  /** Set for an archive. Preference updates have none and move no cursor. New rows keep it as their origin. */
  readonly import?: ImportStep;
}

/** The position of an import after a page, and the archive that it reads. */
export interface ImportStep extends ArchiveOrigin {
  readonly id: string;
  readonly cursor: number;
}

/**
 * A pure function from the local rows with the keys of a page, and the page, to the rows to write. Other rows don't
 * change.
 */
export type Merge = (local: Rows, page: Rows) => Merged;

/** The result of a merge. */
export interface Merged {
  readonly write: Rows;
  readonly counts: MergeCounts;
  /** Ids of messages whose body differs from that of the local message with the same id. */
  readonly conflicts: readonly Uint8Array[];
  /** The outcome of each of the page's messages, in order. */
  readonly outcomes: readonly MessageOutcome[];
  /** The state that the import needs to resume after this page. Without it, the stored state remains. */
  readonly state?: Uint8Array;
}

/**
 * The outcome of a message:
 * - `present`: it was written now, or was there before.
 * - `conflicting`: it was there before with another body, which remains.
 * - `skipped`: it is never written.
 */
export type MessageOutcome = "present" | "conflicting" | "skipped";

/** The outcome of the rows of each kind. */
export interface MergeCounts {
  readonly groups: RowCounts;
  /** Conversations created for messages that came without theirs. */
  readonly stubs: number;
  /** Conversations without a type. They are kept, like stubs, until an archive with a type completes them. */
  readonly untyped: number;
  readonly messages: RowCounts;
  readonly consent: RowCounts;
  readonly hmacKey: RowCounts;
}
