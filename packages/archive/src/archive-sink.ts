import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";

/** Where history is imported to. */
export interface ArchiveSink {
  /** How many frames of this import are merged for good; 0 for one that never ran. */
  cursor(importId: string): Promise<number>;
  /**
   * In one transaction: reads the local rows that the page's rows meet, applies `merge` to them,
   * writes what it returns, and moves the import's cursor. All of it happens, or nothing.
   */
  mergePage(page: ImportPage, merge: Merge): Promise<void>;
}

/** The rows of a page, by what they are. */
export interface Rows {
  readonly groups: readonly GroupSave[];
  readonly messages: readonly GroupMessageSave[];
  readonly consent: readonly ConsentSave[];
  readonly hmacKey?: HmacKeySave | undefined;
}

export interface ImportPage extends Rows {
  /** Set for an archive; preference updates have none and move no cursor. */
  readonly import?: { readonly id: string; readonly cursor: number };
}

/** A pure function from the local rows with the page's keys to the rows to write; rows it doesn't return stay. */
export type Merge = (local: Rows) => Rows;
