import { StoreError } from "../errors.js";
import { dmIdOf } from "../shown.js";
import {
  createStores,
  hasStores,
  type ObjectStores,
  type UpgradeTransaction,
  type UpgradingDatabase,
} from "./object-stores.js";
import { groupOf } from "./rows.js";

/** The object stores of version 1. */
const version1: ObjectStores = {
  conversations: { keyPath: "id" },
  messages: {
    keyPath: "position",
    indexes: {
      id: { keyPath: "id", unique: true },
      conversation: { keyPath: ["conversation", "position"] },
      unpublished: { keyPath: ["unpublished", "position"] },
    },
  },
  consent: { keyPath: ["entityType", "entity"] },
  hmac_key: {},
  imports: {
    keyPath: "number",
    autoIncrement: true,
    indexes: { name: { keyPath: "name", unique: true } },
  },
  writes: {},
  mls_installation: {},
  mls_key_packages: {},
  mls_groups: {},
  mls_outbox: {
    autoIncrement: true,
    indexes: {
      id: { keyPath: ["groupId", "id"], unique: true },
      group: { keyPath: "groupId" },
    },
  },
  mls_received: {},
  mls_held: {},
  sync_requests: { keyPath: "id" },
  sync_archives: { keyPath: "id" },
  unsent_preferences: { keyPath: "id" },
  hmac_key_audience: {},
  sync_decisions: {},
};

/** A step of a migration. It awaits nothing but requests of the transaction. */
export type Migration = (
  db: UpgradingDatabase,
  tx: UpgradeTransaction,
) => Promise<void>;

/**
 * The steps that bring a database from version n to version n + 1, the first one from an empty database. New databases are
 * made by the same steps. A released step must never change: append another one.
 */
export const migrations: readonly Migration[] = [
  async (db) => createStores(db, version1),
  pushNothingOnItsWay,
  nameDms,
  async (db) => void db.createObjectStore("upload_spool"),
];

/** Messages that were pending before there was `shouldPush` went out without a push. */
async function pushNothingOnItsWay(
  _: UpgradingDatabase,
  tx: UpgradeTransaction,
): Promise<void> {
  const outbox = tx.objectStore("mls_outbox");
  for await (const cursor of outbox) {
    await cursor.update({ ...cursor.value, shouldPush: false });
  }
}

/** Adds the index that finds the groups of a DM by its id. */
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

/**
 * Brings a database to the newest version.
 *
 * @throws {StoreError} `unknown-schema` when its object stores aren't those of its version
 */
export async function migrate(
  db: UpgradingDatabase,
  tx: UpgradeTransaction,
  oldVersion: number,
  steps: readonly Migration[],
): Promise<void> {
  // Before the first release, the stores of version 1 changed without a step.
  if (oldVersion === 1 && !hasStores(tx, version1)) {
    throw new StoreError(
      "unknown-schema",
      "expected the object stores of version 1, got others: the database was made before the first release",
    );
  }
  for (const step of steps.slice(oldVersion)) await step(db, tx);
}
