import type {
  GroupRecord,
  GroupStateChanges,
  GroupStateStore,
  HeldRecord,
  InstallationRecord,
  KeyPackageRecord,
  OutboxRecord,
  ReceivedRecord,
} from "@history-sync/mls-group";
import { type GroupId, idBytes } from "@history-sync/primitives";
import { compareNs } from "../shown.js";
import type { Database, WriteTransaction } from "./database.js";
import { afterAllBytes, int64Key, mapBytes, ownBytes } from "./keys.js";
import { overwrite, remove } from "./overwrite.js";
import { onlyKey } from "./schema.js";

const stores = [
  "mls_installation",
  "mls_key_packages",
  "mls_groups",
  "mls_outbox",
  "mls_received",
  "mls_held",
] as const;

type GroupStateTransaction = WriteTransaction<(typeof stores)[number]>;

/** MLS state in IndexedDB. */
export class IndexedDbGroupStateStore implements GroupStateStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  installation(): Promise<InstallationRecord | undefined> {
    return this.#db.read(["mls_installation"], (tx) =>
      tx.objectStore("mls_installation").get(onlyKey),
    );
  }

  async keyPackages(): Promise<readonly KeyPackageRecord[]> {
    const records = await this.#db.read(["mls_key_packages"], (tx) =>
      tx.objectStore("mls_key_packages").getAll(),
    );
    return oldestFirst(records);
  }

  async groups(): Promise<readonly GroupRecord[]> {
    const records = await this.#db.read(["mls_groups"], (tx) =>
      tx.objectStore("mls_groups").getAll(),
    );
    return oldestFirst(records);
  }

  group(id: GroupId): Promise<GroupRecord | undefined> {
    return this.#db.read(["mls_groups"], (tx) =>
      tx.objectStore("mls_groups").get(idBytes(id)),
    );
  }

  outbox(groupId: GroupId): Promise<readonly OutboxRecord[]> {
    return this.#db.read(["mls_outbox"], (tx) =>
      tx.objectStore("mls_outbox").index("group").getAll(groupId),
    );
  }

  received(groupId: GroupId): Promise<readonly ReceivedRecord[]> {
    return this.#db.read(["mls_received"], (tx) =>
      tx.objectStore("mls_received").getAll(inGroup(groupId)),
    );
  }

  held(groupId: GroupId): Promise<readonly HeldRecord[]> {
    return this.#db.read(["mls_held"], (tx) =>
      tx.objectStore("mls_held").getAll(inGroup(groupId)),
    );
  }

  commit(changes: GroupStateChanges): Promise<void> {
    const own = mapBytes(changes, ownBytes);
    return this.#db.write(stores, async (tx) => {
      await putAll(tx, own);
      await removeAll(tx, own);
    });
  }
}

async function putAll(
  tx: GroupStateTransaction,
  changes: GroupStateChanges,
): Promise<void> {
  const { installation, keyPackages = [], groups = [] } = changes;
  const { outbox = [], received = [], held = [] } = changes;
  if (installation) {
    await tx.objectStore("mls_installation").put(installation, onlyKey);
  }
  for (const record of keyPackages) {
    const key = ownBytes(record.initKey);
    await tx.objectStore("mls_key_packages").put(record, key);
  }
  for (const record of groups) {
    const key = idBytes(record.id);
    await overwrite(tx.objectStore("mls_groups"), key);
    await tx.objectStore("mls_groups").put(record, key);
  }
  for (const record of outbox) {
    const key = await outboxKey(tx, record);
    await tx.objectStore("mls_outbox").put(record, key);
  }
  for (const record of received) {
    await tx.objectStore("mls_received").put(record, sequenceKey(record));
  }
  for (const record of held) {
    await tx.objectStore("mls_held").put(record, sequenceKey(record));
  }
}

async function removeAll(
  tx: GroupStateTransaction,
  changes: GroupStateChanges,
): Promise<void> {
  const { keyPackagesDone = [], outboxDone = [] } = changes;
  const { handled = [], heldDone = [] } = changes;
  for (const { initKey } of keyPackagesDone) {
    await remove(tx.objectStore("mls_key_packages"), ownBytes(initKey));
  }
  for (const row of outboxDone) {
    const key = await outboxKey(tx, row);
    if (key !== undefined) await remove(tx.objectStore("mls_outbox"), key);
  }
  for (const row of handled) {
    await remove(tx.objectStore("mls_received"), sequenceKey(row));
  }
  for (const row of heldDone) {
    await remove(tx.objectStore("mls_held"), sequenceKey(row));
  }
}

/** Returns the number of a row, in the order of first writing; undefined for a new row. */
function outboxKey(
  tx: GroupStateTransaction,
  { groupId, id }: Pick<OutboxRecord, "groupId" | "id">,
): Promise<number | undefined> {
  return tx.objectStore("mls_outbox").index("id").getKey([groupId, id]);
}

function inGroup(groupId: GroupId): IDBKeyRange {
  const id = idBytes(groupId);
  return IDBKeyRange.bound([id], [id, afterAllBytes]);
}

function sequenceKey({
  groupId,
  sequence,
}: Pick<ReceivedRecord, "groupId" | "sequence">): [
  ReturnType<typeof idBytes>,
  ReturnType<typeof int64Key>,
] {
  return [idBytes(groupId), int64Key(sequence)];
}

function oldestFirst<Row extends { readonly createdAtNs: bigint }>(
  rows: readonly Row[],
): readonly Row[] {
  return rows.toSorted((a, b) => compareNs(a.createdAtNs, b.createdAtNs));
}
