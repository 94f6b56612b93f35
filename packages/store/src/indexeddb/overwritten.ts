import type { HistoryRecord, StoreName, StoreSchema } from "./schema.js";

/** The history's object stores whose rows a snapshot reads. */
export type HistoryStoreName = Extract<
  StoreName,
  "conversations" | "messages" | "consent" | "hmac_key"
>;

interface OldRecord {
  readonly store: HistoryStoreName;
  readonly record: HistoryRecord;
  /** The number of the transaction that writes over it. */
  readonly replacedBy: number;
}

/**
 * Records that were written over while snapshots are open, which still show them. IndexedDB has no transaction that
 * stays open while others write; but nobody else writes to a store that is ours, so that these can be kept in memory.
 */
export class Overwritten {
  readonly #records: OldRecord[] = [];
  #snapshots = 0;

  /** Call it before the snapshot's mark is read, so that nothing slips between. */
  openSnapshot(): void {
    this.#snapshots++;
  }

  closeSnapshot(): void {
    this.#snapshots--;
    if (this.#snapshots === 0) this.#records.length = 0;
  }

  /** Call it before the write. One that is taken back does no harm: then the record itself is still found. */
  keep(
    store: HistoryStoreName,
    record: HistoryRecord,
    replacedBy: number,
  ): void {
    if (this.#snapshots > 0) this.#records.push({ store, record, replacedBy });
  }

  /** What stood in a store when `mark` transactions had written. */
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
