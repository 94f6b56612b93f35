import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { RowCodec } from "./row-codec.js";

/** Finds and writes rows of one kind by their key, with prepared statements. */
export class Table<Row> {
  readonly #codec: RowCodec<Row>;
  readonly #columns: readonly string[];
  readonly #find: StatementSync;
  readonly #write: StatementSync;

  /** @param options `sample`, any row, gives the columns. With `keepsImport`, a replaced row keeps its origin. */
  constructor(
    db: DatabaseSync,
    name: string,
    codec: RowCodec<Row>,
    options: {
      readonly sample: Row;
      readonly key: readonly string[];
      readonly keepsImport: boolean;
    },
  ) {
    const { sample, key, keepsImport } = options;
    this.#codec = codec;
    this.#columns = Object.keys(codec.encode(sample));
    const columns = [...this.#columns, "import"];
    const changing = columns.filter(
      (column) =>
        !key.includes(column) && !(keepsImport && column === "import"),
    );
    this.#find = db.prepare(
      `SELECT * FROM ${name} WHERE ${key.map((column) => `${column} = ?`).join(" AND ")}`,
    );
    this.#write = db.prepare(
      `INSERT INTO ${name} (${columns.join(", ")})
       VALUES (${columns.map(() => "?").join(", ")})
       ON CONFLICT (${key.join(", ")}) DO UPDATE SET
       ${changing.map((column) => `${column} = excluded.${column}`).join(", ")}`,
    );
  }

  find(...key: readonly SQLInputValue[]): Row | undefined {
    const columns = this.#find.get(...key);
    return columns && this.#codec.decode(columns);
  }

  write(row: Row, importRow: bigint | null): void {
    const values = this.#codec.encode(row);
    this.#write.run(
      ...this.#columns.map((column) => values[column] ?? null),
      importRow,
    );
  }
}
