import { compareBytes, type Rows } from "@history-sync/archive";
import { MemoryHistory } from "@history-sync/archive/memory";
import { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
import { type GroupId, type MessageId, toHex } from "@history-sync/primitives";
import {
  type ConsentSave,
  type ConsentTypeSave,
  DeliveryStatusSave,
  type GroupMessageSave,
  type GroupSave,
  type HmacKeySave,
} from "@history-sync/proto/device-sync";
import {
  MemoryRequestStore,
  MemoryUploadSpool,
} from "@history-sync/sync-worker/memory";
import {
  defaultPageLimit,
  type HistoryCounts,
  type HistoryRow,
  type HistoryStore,
  type MessagePage,
  type Provenance,
} from "../history-store.js";
import { provenanceOf } from "../provenance.js";
import { compareNs, dmIdOf, shownConversations } from "../shown.js";
import type { Store } from "../store.js";

/**
 * Returns a store that keeps everything in memory, for tests and short-lived clients.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@history-sync/store/memory";
 *
 * const store = memoryStore();
 * store.close();
 * ```
 */
export function memoryStore(): Store {
  return {
    history: new MemoryHistoryStore(),
    groups: new MemoryGroupStateStore(),
    requests: new MemoryRequestStore(),
    spool: new MemoryUploadSpool(),
    close: () => {},
  };
}

/** The history in memory. A query looks at every row. */
export class MemoryHistoryStore extends MemoryHistory implements HistoryStore {
  async put(rows: Partial<Rows>): Promise<void> {
    this.writeRows({ groups: [], messages: [], consent: [], ...rows });
  }

  async conversations(): Promise<readonly GroupSave[]> {
    return shownConversations(this.groupRows.values());
  }

  async conversation(id: GroupId): Promise<GroupSave | undefined> {
    return this.groupRows.get(id);
  }

  async dmGroups(dmId: string): Promise<readonly GroupSave[]> {
    const groups = [...this.groupRows.values()];
    return shownConversations(groups.filter((group) => dmIdOf(group) === dmId));
  }

  async messages(
    conversations: GroupId | readonly GroupId[],
    { before, limit = defaultPageLimit }: MessagePage = {},
  ): Promise<readonly GroupMessageSave[]> {
    const wanted = new Set<string>([conversations].flat());
    return [...this.messageRows.values()]
      .filter(
        (message) =>
          wanted.has(toHex(message.groupId)) &&
          (before === undefined || comparePositions(message, before) < 0),
      )
      .sort((a, b) => comparePositions(b, a))
      .slice(0, Math.max(0, limit));
  }

  async unpublished(
    conversation: GroupId,
  ): Promise<readonly GroupMessageSave[]> {
    return [...this.messageRows.values()]
      .filter(
        ({ groupId, deliveryStatus }) =>
          deliveryStatus === DeliveryStatusSave.UNPUBLISHED &&
          toHex(groupId) === conversation,
      )
      .sort(comparePositions);
  }

  async message(id: MessageId): Promise<GroupMessageSave | undefined> {
    return this.messageRows.get(id);
  }

  async consent(
    entityType: ConsentTypeSave,
    entity: string,
  ): Promise<ConsentSave | undefined> {
    const records = await this.consentRecords();
    return records.find(
      (record) => record.entityType === entityType && record.entity === entity,
    );
  }

  async consentRecords(): Promise<readonly ConsentSave[]> {
    return [...this.consentRows.values()].sort(
      (a, b) => a.entityType - b.entityType || (a.entity < b.entity ? -1 : 1),
    );
  }

  async hmacKey(): Promise<HmacKeySave | undefined> {
    return this.hmacKeyRow;
  }

  async counts(): Promise<HistoryCounts> {
    return {
      conversations: shownConversations(this.groupRows.values()).length,
      messages: this.messageRows.size,
      consent: this.consentRows.size,
    };
  }

  async provenance(row: HistoryRow): Promise<Provenance | undefined> {
    const importId =
      "message" in row
        ? this.messageImports.get(row.message)
        : this.groupImports.get(row.conversation);
    const step = this.imports.get(importId ?? "");
    return step && provenanceOf(step);
  }
}

type Position = Pick<GroupMessageSave, "sentAtNs" | "id">;

function comparePositions(a: Position, b: Position): number {
  return compareNs(a.sentAtNs, b.sentAtNs) || compareBytes(a.id, b.id);
}
