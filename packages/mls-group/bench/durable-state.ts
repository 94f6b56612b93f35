import { DatabaseSync } from "node:sqlite";
import type { EngineState } from "../dist/index.js";

/** One group's state in SQLite, each step in a transaction of its own that is on the disk when it returns. */
export class DurableState implements Disposable {
  readonly #database: DatabaseSync;
  readonly #write: ReturnType<DatabaseSync["prepare"]>;
  readonly #read: ReturnType<DatabaseSync["prepare"]>;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, engine TEXT, version INTEGER, bytes BLOB) STRICT",
    );
    this.#write = this.#database.prepare(
      "INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?)",
    );
    this.#read = this.#database.prepare("SELECT * FROM state");
  }

  save({ engine, version, bytes }: EngineState): void {
    this.#write.run(engine, version, bytes);
  }

  load(): EngineState {
    return this.#read.get() as unknown as EngineState;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
