import type { SkipReason } from "./check-rows.js";

/** The outcomes of the rows of one kind. */
export interface RowCounts {
  readonly inserted: number;
  /** A local row was updated from it. */
  readonly updated: number;
  /** The local row didn't change. */
  readonly alreadyThere: number;
  /** The local row didn't change, although the other one differs. */
  readonly conflicts: number;
  /** Rows that are never written, by reason. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
}

export type Fate = "inserted" | "updated" | "alreadyThere" | "conflicts";

/** Counts rows, or adds other counts. */
export class RowTally implements RowCounts {
  inserted = 0;
  updated = 0;
  alreadyThere = 0;
  conflicts = 0;
  readonly skipped: Partial<Record<SkipReason, number>> = {};

  count(fate: Fate): void {
    this[fate]++;
  }

  skip(reason: SkipReason, rows = 1): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + rows;
  }

  add(counts: RowCounts): void {
    this.inserted += counts.inserted;
    this.updated += counts.updated;
    this.alreadyThere += counts.alreadyThere;
    this.conflicts += counts.conflicts;
    for (const [reason, rows] of Object.entries(counts.skipped)) {
      this.skip(reason as SkipReason, rows);
    }
  }
}
