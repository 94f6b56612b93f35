/** The rows of one kind by key, and which of them changed. */
export class Table<Row> {
  readonly #rows: Map<string, Row>;
  readonly #changed = new Map<string, Row>();

  constructor(rows: readonly Row[], keyOf: (row: Row) => string) {
    this.#rows = new Map(rows.map((row) => [keyOf(row), row]));
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  /** Takes the row if it isn't the one that is there. */
  set(key: string, row: Row): boolean {
    if (this.#rows.get(key) === row) return false;
    this.#rows.set(key, row);
    this.#changed.set(key, row);
    return true;
  }

  changed(): readonly Row[] {
    return [...this.#changed.values()];
  }
}
