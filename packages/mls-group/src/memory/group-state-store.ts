import type { GroupId } from "@history-sync/primitives";
import { toHex } from "@history-sync/primitives";
import type {
  GroupRecord,
  GroupStateChanges,
  GroupStateStore,
  HeldRecord,
  InstallationRecord,
  KeyPackageRecord,
  OutboxRecord,
  ReceivedRecord,
} from "../ports/group-state-store.js";

/** A store that lives as long as the process, for tests and for apps without a disk. */
export class MemoryGroupStateStore implements GroupStateStore {
  #installation: InstallationRecord | undefined;
  readonly #keyPackages = new Map<string, KeyPackageRecord>();
  readonly #groups = new Map<GroupId, GroupRecord>();
  readonly #outbox = new Map<string, OutboxRecord>();
  readonly #received = new Map<string, ReceivedRecord>();
  readonly #held = new Map<string, HeldRecord>();

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
    return structuredClone(inOrder(this.#received, groupId));
  }

  async held(groupId: GroupId): Promise<readonly HeldRecord[]> {
    return structuredClone(inOrder(this.#held, groupId));
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
      this.#received.set(sequenceKey(row), row);
    }
    for (const row of copy.held ?? []) this.#held.set(sequenceKey(row), row);
    for (const row of copy.keyPackagesDone ?? []) {
      this.#keyPackages.delete(toHex(row.initKey));
    }
    for (const row of copy.outboxDone ?? [])
      this.#outbox.delete(outboxKey(row));
    for (const row of copy.handled ?? []) {
      this.#received.delete(sequenceKey(row));
    }
    for (const row of copy.heldDone ?? []) {
      this.#held.delete(sequenceKey(row));
    }
  }
}

function outboxKey(row: Pick<OutboxRecord, "groupId" | "id">): string {
  return `${row.groupId} ${row.id}`;
}

interface Sequenced {
  readonly groupId: GroupId;
  readonly sequence: bigint;
}

function sequenceKey(row: Sequenced): string {
  return `${row.groupId} ${row.sequence}`;
}

function inOrder<Row extends Sequenced>(
  rows: ReadonlyMap<string, Row>,
  groupId: GroupId,
): readonly Row[] {
  return [...rows.values()]
    .filter((row) => row.groupId === groupId)
    .sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
}
