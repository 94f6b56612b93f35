import type { HistoryRecord, StoreName, StoreSchema } from "./schema.js";

/** The object stores of the history that snapshots read. */
export type HistoryStoreName = Extract<
  StoreName,
  "conversations" | "messages" | "consent" | "hmac_key"
>;

interface OldRecord {
  readonly store: HistoryStoreName;
  readonly record: HistoryRecord;
  /** The number of the transaction that replaced it. */
  readonly replacedBy: number;
}

/**
 * Keeps records that were replaced while snapshots are open, since the snapshots still show them. IndexedDB has no
 * transaction that stays open while others write. Only the owner of the store writes to it, so it can keep these
 * records in memory.
 */
export class Overwritten {
  readonly #records: OldRecord[] = [];
  #snapshots = 0;

  /** Starts to keep records. Call it before the snapshot's mark is read, so that none is missed. */
  openSnapshot(): void {
    this.#snapshots++;
  }

  closeSnapshot(): void {
    this.#snapshots--;
    if (this.#snapshots === 0) this.#records.length = 0;
  }

  /**
   * Keeps a record that is about to be replaced. If that transaction aborts, the kept copy does no harm: the record
   * itself is still found.
   */
  keep(
    store: HistoryStoreName,
    record: HistoryRecord,
    replacedBy: number,
  ): void {
    if (this.#snapshots > 0) this.#records.push({ store, record, replacedBy });
  }

  /** Returns the kept records that a store had after `mark` transactions. */
  asOf<Name extends HistoryStoreName>(
    store: Name,
    mark: number,
  ): StoreSchema[Name]["value"][] {
    return this.#records
      .filter(
        (old) =>
          old.store === store &&
          old.record.written <= mark &&
          old.replacedBy > mark,
      )
      .map(({ record }) => record as StoreSchema[Name]["value"]);
  }
}
