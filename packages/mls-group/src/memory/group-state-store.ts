import type { GroupId } from "@history-sync/primitives";
import { toHex } from "@history-sync/primitives";
import type {
  GroupRecord,
  GroupStateChanges,
  GroupStateStore,
  InstallationRecord,
  KeyPackageRecord,
  OutboxRecord,
  ReceivedRecord,
} from "../group-state-store.js";

/** State that lives as long as the process: for tests and for apps without a disk. */
export class MemoryGroupStateStore implements GroupStateStore {
  #installation: InstallationRecord | undefined;
  readonly #keyPackages = new Map<string, KeyPackageRecord>();
  readonly #groups = new Map<GroupId, GroupRecord>();
  readonly #outbox = new Map<string, OutboxRecord>();
  readonly #received = new Map<string, ReceivedRecord>();

  async installation(): Promise<InstallationRecord | undefined> {
    return structuredClone(this.#installation);
  }

  async keyPackages(): Promise<readonly KeyPackageRecord[]> {
    return structuredClone([...this.#keyPackages.values()]);
  }

  async groups(): Promise<readonly GroupRecord[]> {
    return structuredClone([...this.#groups.values()]);
  }

  async group(id: GroupId): Promise<GroupRecord | undefined> {
    return structuredClone(this.#groups.get(id));
  }

  async outbox(groupId: GroupId): Promise<readonly OutboxRecord[]> {
    const rows = [...this.#outbox.values()];
    return structuredClone(rows.filter((row) => row.groupId === groupId));
  }

  async received(groupId: GroupId): Promise<readonly ReceivedRecord[]> {
    const rows = [...this.#received.values()]
      .filter((row) => row.groupId === groupId)
      .sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
    return structuredClone(rows);
  }

  async commit(changes: GroupStateChanges): Promise<void> {
    const copy = structuredClone(changes);
    if (copy.installation) this.#installation = copy.installation;
    for (const row of copy.keyPackages ?? []) {
      this.#keyPackages.set(toHex(row.initKey), row);
    }
    for (const row of copy.groups ?? []) this.#groups.set(row.id, row);
    for (const row of copy.outbox ?? []) this.#outbox.set(outboxKey(row), row);
    for (const row of copy.received ?? []) {
      this.#received.set(receivedKey(row), row);
    }
    for (const row of copy.keyPackagesDone ?? []) {
      this.#keyPackages.delete(toHex(row.initKey));
    }
    for (const row of copy.outboxDone ?? [])
      this.#outbox.delete(outboxKey(row));
    for (const row of copy.handled ?? []) {
      this.#received.delete(receivedKey(row));
    }
  }
}

function outboxKey(row: Pick<OutboxRecord, "groupId" | "id">): string {
  return `${row.groupId} ${row.id}`;
}

function receivedKey(
  row: Pick<ReceivedRecord, "groupId" | "sequence">,
): string {
  return `${row.groupId} ${row.sequence}`;
}
