import type { DatabaseSync } from "node:sqlite";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  concatBytes,
  type InstallationId,
  idBytes,
  installationIdOf,
} from "@history-sync/primitives";
import { PreferenceUpdatesSchema } from "@history-sync/proto/device-sync";
import type {
  PreferenceOutbox,
  UnsentPreferences,
} from "@history-sync/sync-worker";
import { statements, transaction, truncateLog } from "./database.js";

const installationIdBytes = 32;

/** Preference changes that aren't sent yet, some with HMAC keys. A removed one leaves nothing in the file. */
export class SqlitePreferenceOutbox implements PreferenceOutbox {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  async put(
    { id, updates }: UnsentPreferences,
    keyAudience?: readonly InstallationId[],
  ): Promise<void> {
    transaction(this.#db, () => {
      this.#db
        .prepare(
          "INSERT OR REPLACE INTO unsent_preferences (id, updates) VALUES (?, ?)",
        )
        .run(id, toBinary(PreferenceUpdatesSchema, updates));
      if (keyAudience) this.#putKeyAudience(keyAudience);
    });
  }

  async list(): Promise<readonly UnsentPreferences[]> {
    const rows = statements(() =>
      this.#db
        .prepare("SELECT id, updates FROM unsent_preferences ORDER BY id")
        .all(),
    );
    return rows.map(({ id, updates }) => ({
      id: id as string,
      updates: fromBinary(PreferenceUpdatesSchema, updates as Uint8Array),
    }));
  }

  async remove(id: string): Promise<void> {
    const { changes } = statements(() =>
      this.#db.prepare("DELETE FROM unsent_preferences WHERE id = ?").run(id),
    );
    if (Number(changes) > 0) truncateLog(this.#db);
  }

  async keyAudience(): Promise<readonly InstallationId[] | undefined> {
    const row = statements(() =>
      this.#db.prepare("SELECT installations FROM hmac_key_audience").get(),
    );
    if (!row) return undefined;
    const bytes = row.installations as Uint8Array;
    return Array.from({ length: bytes.length / installationIdBytes }, (_, i) =>
      installationIdOf(
        bytes.subarray(i * installationIdBytes, (i + 1) * installationIdBytes),
      ),
    );
  }

  async setKeyAudience(
    audience: readonly InstallationId[] | undefined,
  ): Promise<void> {
    statements(() => {
      if (audience) this.#putKeyAudience(audience);
      else this.#db.exec("DELETE FROM hmac_key_audience");
    });
  }

  #putKeyAudience(audience: readonly InstallationId[]): void {
    this.#db
      .prepare(
        "INSERT OR REPLACE INTO hmac_key_audience (one, installations) VALUES (1, ?)",
      )
      .run(concatBytes(...audience.map(idBytes)));
  }
}
