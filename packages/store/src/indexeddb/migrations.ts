import { StoreError } from "../errors.js";
import { dmIdOf } from "../shown.js";
import {
  createStores,
  hasStores,
  type UpgradeTransaction,
  type UpgradingDatabase,
} from "./object-stores.js";
import { groupOf } from "./rows.js";
import { version1 } from "./version-1.js";

/** Waits for nothing but requests of the transaction. */
export type Migration = (
  db: UpgradingDatabase,
  tx: UpgradeTransaction,
) => Promise<void>;

/**
 * What makes a database of version n + 1 of one of version n, from an empty one on. A new one is made by the same steps.
 * A step that was released never changes: what comes after it is a step of its own.
 */
export const migrations: readonly Migration[] = [
  async (db) => createStores(db, version1),
  pushNothingOnItsWay,
  nameDms,
  async (db) => void db.createObjectStore("upload_spool"),
];

/** Messages on their way of before they said whether to push them went out without. */
async function pushNothingOnItsWay(
  _: UpgradingDatabase,
  tx: UpgradeTransaction,
): Promise<void> {
  const outbox = tx.objectStore("mls_outbox");
  for await (const cursor of outbox) {
    await cursor.update({ ...cursor.value, shouldPush: false });
  }
}

/** The groups of a DM are found by its id. */
async function nameDms(
  _: UpgradingDatabase,
  tx: UpgradeTransaction,
): Promise<void> {
  const conversations = tx.objectStore("conversations");
  for await (const cursor of conversations) {
    const dmId = dmIdOf(groupOf(cursor.value));
    if (dmId !== undefined) await cursor.update({ ...cursor.value, dmId });
  }
  conversations.createIndex("dm", "dmId");
}

/** Brings a database to the newest version. Throws `unknown-schema` for one that its version doesn't make. */
export async function migrate(
  db: UpgradingDatabase,
  tx: UpgradeTransaction,
  oldVersion: number,
  steps: readonly Migration[],
): Promise<void> {
  // Before the first release the stores of version 1 changed without a step.
  if (oldVersion === 1 && !hasStores(tx, version1)) {
    throw new StoreError(
      "unknown-schema",
      "expected the object stores of version 1, got others: the database was made before the first release",
    );
  }
  for (const step of steps.slice(oldVersion)) await step(db, tx);
}
