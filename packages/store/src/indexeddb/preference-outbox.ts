import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { InstallationId } from "@history-sync/primitives";
import { PreferenceUpdatesSchema } from "@history-sync/proto/device-sync";
import type {
  PreferenceOutbox,
  UnsentPreferences,
} from "@history-sync/sync-worker";
import type { Database } from "./database.js";
import { overwrite, remove } from "./overwrite.js";
import { onlyKey } from "./schema.js";

/** Preference changes that aren't sent yet, in IndexedDB. */
export class IndexedDbPreferenceOutbox implements PreferenceOutbox {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  put(
    { id, updates }: UnsentPreferences,
    keyAudience?: readonly InstallationId[],
  ): Promise<void> {
    const names = ["unsent_preferences", "hmac_key_audience"] as const;
    return this.#db.write(names, async (tx) => {
      const unsent = tx.objectStore("unsent_preferences");
      await overwrite(unsent, id);
      const bytes = toBinary(PreferenceUpdatesSchema, updates);
      await unsent.put({ id, updates: bytes });
      if (!keyAudience) return;
      await tx.objectStore("hmac_key_audience").put([...keyAudience], onlyKey);
    });
  }

  async list(): Promise<readonly UnsentPreferences[]> {
    const records = await this.#db.read(["unsent_preferences"], (tx) =>
      tx.objectStore("unsent_preferences").getAll(),
    );
    return records.map(({ id, updates }) => ({
      id,
      updates: fromBinary(PreferenceUpdatesSchema, updates),
    }));
  }

  remove(id: string): Promise<void> {
    return this.#db.write(["unsent_preferences"], (tx) =>
      remove(tx.objectStore("unsent_preferences"), id),
    );
  }

  keyAudience(): Promise<readonly InstallationId[] | undefined> {
    return this.#db.read(["hmac_key_audience"], (tx) =>
      tx.objectStore("hmac_key_audience").get(onlyKey),
    );
  }

  setKeyAudience(
    audience: readonly InstallationId[] | undefined,
  ): Promise<void> {
    return this.#db.write(["hmac_key_audience"], async (tx) => {
      const only = tx.objectStore("hmac_key_audience");
      if (audience) await only.put([...audience], onlyKey);
      else await only.delete(onlyKey);
    });
  }
}
