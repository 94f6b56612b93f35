import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type {
  GroupRecord,
  GroupStateChanges,
  GroupStateStore,
  HeldRecord,
  InstallationRecord,
  KeyPackageRecord,
  OutboxRecord,
  OutgoingWelcome,
  PendingCommit,
  ReceivedRecord,
} from "@history-sync/mls-group";
import { type GroupId, idBytes } from "@history-sync/primitives";
import { statements, transaction, truncateLog } from "./database.js";
import {
  groupOf,
  groupValues,
  heldOf,
  heldValues,
  installationOf,
  installationValues,
  keyPackageOf,
  keyPackageValues,
  outboxOf,
  outboxValues,
  pendingOf,
  pendingValues,
  receivedOf,
  receivedValues,
  welcomeOf,
  welcomeValues,
} from "./group-state-rows.js";
import type { Columns, Values } from "./row-codec.js";

/**
 * MLS state in SQLite. Every statement that deletes keys overwrites them. After a message is handled, or a key package or
 * a group is removed, the write-ahead log is truncated too, or the next time if a reader holds it.
 */
export class SqliteGroupStateStore implements GroupStateStore {
  readonly #db: DatabaseSync;

  /** @param db A database of `openDatabase`. */
  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  async installation(): Promise<InstallationRecord | undefined> {
    return this.#all("SELECT * FROM mls_installation").map(installationOf)[0];
  }

  async keyPackages(): Promise<readonly KeyPackageRecord[]> {
    return this.#all(
      "SELECT * FROM mls_key_packages ORDER BY created_at_ns",
    ).map(keyPackageOf);
  }

  async groups(): Promise<readonly GroupRecord[]> {
    return this.#all("SELECT * FROM mls_groups ORDER BY created_at_ns").map(
      (columns) => this.#group(columns),
    );
  }

  async group(id: GroupId): Promise<GroupRecord | undefined> {
    return this.#all("SELECT * FROM mls_groups WHERE id = ?", idBytes(id)).map(
      (columns) => this.#group(columns),
    )[0];
  }

  async outbox(groupId: GroupId): Promise<readonly OutboxRecord[]> {
    return this.#all(
      "SELECT * FROM mls_outbox WHERE group_id = ? ORDER BY position",
      idBytes(groupId),
    ).map(outboxOf);
  }

  async received(groupId: GroupId): Promise<readonly ReceivedRecord[]> {
    return this.#all(
      "SELECT * FROM mls_received WHERE group_id = ? ORDER BY sequence",
      idBytes(groupId),
    ).map(receivedOf);
  }

  async held(groupId: GroupId): Promise<readonly HeldRecord[]> {
    return this.#all(
      "SELECT * FROM mls_held WHERE group_id = ? ORDER BY sequence",
      idBytes(groupId),
    ).map(heldOf);
  }

  async commit(changes: GroupStateChanges): Promise<void> {
    transaction(this.#db, () => this.#write(changes));
    const { handled = [], keyPackagesDone = [], groups = [] } = changes;
    const over = groups.filter(({ active }) => !active);
    const gone = [...handled, ...keyPackagesDone, ...over];
    if (gone.length > 0) truncateLog(this.#db);
  }

  #write(changes: GroupStateChanges): void {
    if (changes.installation) {
      const values = installationValues(changes.installation);
      this.#put("mls_installation", ["one"], values);
    }
    for (const record of changes.keyPackages ?? []) {
      this.#put("mls_key_packages", ["init_key"], keyPackageValues(record));
    }
    for (const record of changes.groups ?? []) this.#putGroup(record);
    for (const record of changes.outbox ?? []) {
      this.#put("mls_outbox", ["group_id", "id"], outboxValues(record));
    }
    for (const record of changes.received ?? []) {
      const key = ["group_id", "sequence"];
      this.#put("mls_received", key, receivedValues(record));
    }
    for (const record of changes.held ?? []) {
      this.#put("mls_held", ["group_id", "sequence"], heldValues(record));
    }
    for (const { initKey } of changes.keyPackagesDone ?? []) {
      this.#run("DELETE FROM mls_key_packages WHERE init_key = ?", initKey);
    }
    for (const { groupId, id } of changes.outboxDone ?? []) {
      this.#run(
        "DELETE FROM mls_outbox WHERE group_id = ? AND id = ?",
        idBytes(groupId),
        id,
      );
    }
    this.#deleteSequences("mls_received", changes.handled);
    this.#deleteSequences("mls_held", changes.heldDone);
  }

  #deleteSequences(
    table: string,
    rows: GroupStateChanges["handled"] = [],
  ): void {
    for (const { groupId, sequence } of rows) {
      this.#run(
        `DELETE FROM ${table} WHERE group_id = ? AND sequence = ?`,
        idBytes(groupId),
        sequence,
      );
    }
  }

  #putGroup(record: GroupRecord): void {
    const id = idBytes(record.id);
    const { pending } = record;
    this.#put("mls_groups", ["id"], groupValues(record));
    this.#run("DELETE FROM mls_pending_commits WHERE group_id = ?", id);
    this.#run("DELETE FROM mls_welcomes WHERE group_id = ?", id);
    if (pending) {
      this.#put(
        "mls_pending_commits",
        ["group_id"],
        pendingValues(id, pending),
      );
    }
    const welcomes = [
      ...record.welcomes.map((one) => welcomeValues(id, false, one)),
      ...(pending?.welcomes ?? []).map((one) => welcomeValues(id, true, one)),
    ];
    for (const values of welcomes) {
      this.#put("mls_welcomes", ["position"], values);
    }
  }

  #group(columns: Columns): GroupRecord {
    const id = columns.id as Uint8Array;
    return groupOf(columns, this.#pending(id), this.#welcomes(id, false));
  }

  #pending(groupId: Uint8Array): PendingCommit | undefined {
    return this.#all(
      "SELECT * FROM mls_pending_commits WHERE group_id = ?",
      groupId,
    ).map((columns) => pendingOf(columns, this.#welcomes(groupId, true)))[0];
  }

  #welcomes(groupId: Uint8Array, pending: boolean): readonly OutgoingWelcome[] {
    return this.#all(
      "SELECT * FROM mls_welcomes WHERE group_id = ? AND pending = ? ORDER BY position",
      groupId,
      BigInt(pending),
    ).map(welcomeOf);
  }

  #all(sql: string, ...values: readonly SQLInputValue[]): Columns[] {
    return statements(() => this.#db.prepare(sql).all(...values));
  }

  #run(sql: string, ...values: readonly SQLInputValue[]): void {
    statements(() => this.#db.prepare(sql).run(...values));
  }

  /** Inserts a row, or replaces the values of the row that has the same key. */
  #put(table: string, key: readonly string[], values: Values): void {
    const columns = Object.keys(values);
    const changing = columns.filter((column) => !key.includes(column));
    this.#run(
      `INSERT INTO ${table} (${columns.join(", ")})
       VALUES (${columns.map(() => "?").join(", ")})
       ON CONFLICT (${key.join(", ")}) DO UPDATE SET
       ${changing.map((column) => `${column} = excluded.${column}`).join(", ")}`,
      ...columns.map((column) => values[column] ?? null),
    );
  }
}
