import type {
  ArchiveSnapshot,
  ImportPage,
  ImportProgress,
  Merge,
  Merged,
  Rows,
} from "@history-sync/archive";
import {
  type GroupId,
  idBytes,
  type MessageId,
} from "@history-sync/primitives";
import type {
  ConsentSave,
  ConsentTypeSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import {
  defaultPageLimit,
  type HistoryCounts,
  type HistoryRow,
  type HistoryStore,
  type MessagePage,
  type Provenance,
} from "../history-store.js";
import { provenanceOf } from "../provenance.js";
import { shownConversations } from "../shown.js";
import type { Database } from "./database.js";
import { IndexedDbSnapshot } from "./history-snapshot.js";
import { HistoryWriter, historyStores } from "./history-writer.js";
import { afterAllBytes, positionKey } from "./keys.js";
import { Overwritten } from "./overwritten.js";
import { readTogether } from "./pages.js";
import { consentOf, groupOf, hmacKeyOf, messageOf } from "./rows.js";
import { onlyKey } from "./schema.js";
import { SnapshotView } from "./snapshot-view.js";

/** The history in IndexedDB. Nothing else may write to it while it is open: snapshots rely on that. */
export class IndexedDbHistory implements HistoryStore {
  readonly #db: Database;
  readonly #overwritten = new Overwritten();

  constructor(db: Database) {
    this.#db = db;
  }

  async snapshot(): Promise<ArchiveSnapshot> {
    const view = await SnapshotView.open(this.#db, this.#overwritten);
    return new IndexedDbSnapshot(view);
  }

  progress(importId: string): Promise<ImportProgress | undefined> {
    return this.#db.read(["imports"], async (tx) => {
      const found = await tx.objectStore("imports").index("name").get(importId);
      return found && { cursor: found.cursor, state: found.state };
    });
  }

  mergePage(page: ImportPage, merge: Merge): Promise<Merged> {
    return this.#write(async (writer) => {
      const merged = merge(await writer.localRows(page), page);
      const importNumber =
        page.import && (await writer.moveCursor(page.import, merged.state));
      await writer.write(merged.write, importNumber);
      return merged;
    });
  }

  put(rows: Partial<Rows>): Promise<void> {
    const none = { groups: [], messages: [], consent: [] };
    return this.#write((writer) => writer.write({ ...none, ...rows }));
  }

  async conversations(): Promise<readonly GroupSave[]> {
    const records = await this.#db.read(["conversations"], (tx) =>
      tx.objectStore("conversations").getAll(),
    );
    return shownConversations(records.map(groupOf));
  }

  conversation(id: GroupId): Promise<GroupSave | undefined> {
    return this.#db.read(["conversations"], async (tx) => {
      const record = await tx.objectStore("conversations").get(idBytes(id));
      return record && groupOf(record);
    });
  }

  async dmGroups(dmId: string): Promise<readonly GroupSave[]> {
    const records = await this.#db.read(["conversations"], (tx) =>
      tx.objectStore("conversations").index("dm").getAll(dmId),
    );
    return shownConversations(records.map(groupOf));
  }

  async messages(
    conversations: GroupId | readonly GroupId[],
    { before, limit = defaultPageLimit }: MessagePage = {},
  ): Promise<readonly GroupMessageSave[]> {
    if (limit <= 0) return [];
    const end = before ? positionKey(before.sentAtNs, before.id) : undefined;
    const ids = new Set([conversations].flat());
    const spans = [...ids].map((conversation) => {
      const id = idBytes(conversation);
      return { from: [id], to: [id, end ?? afterAllBytes], withoutTo: true };
    });
    const records = await this.#db.read(["messages"], (tx) =>
      readTogether(
        tx.objectStore("messages").index("conversation"),
        spans,
        limit,
      ),
    );
    return records.map(messageOf);
  }

  async unpublished(
    conversation: GroupId,
  ): Promise<readonly GroupMessageSave[]> {
    const id = idBytes(conversation);
    const range = IDBKeyRange.bound([id], [id, afterAllBytes]);
    const records = await this.#db.read(["messages"], (tx) =>
      tx.objectStore("messages").index("unpublished").getAll(range),
    );
    return records.map(messageOf);
  }

  message(id: MessageId): Promise<GroupMessageSave | undefined> {
    return this.#db.read(["messages"], async (tx) => {
      const messages = tx.objectStore("messages").index("id");
      const record = await messages.get(idBytes(id));
      return record && messageOf(record);
    });
  }

  consent(
    entityType: ConsentTypeSave,
    entity: string,
  ): Promise<ConsentSave | undefined> {
    return this.#db.read(["consent"], async (tx) => {
      const record = await tx.objectStore("consent").get([entityType, entity]);
      return record && consentOf(record);
    });
  }

  async consentRecords(): Promise<readonly ConsentSave[]> {
    const records = await this.#db.read(["consent"], (tx) =>
      tx.objectStore("consent").getAll(),
    );
    return records.map(consentOf);
  }

  hmacKey(): Promise<HmacKeySave | undefined> {
    return this.#db.read(["hmac_key"], async (tx) => {
      const record = await tx.objectStore("hmac_key").get(onlyKey);
      return record && hmacKeyOf(record);
    });
  }

  counts(): Promise<HistoryCounts> {
    const names = ["conversations", "messages", "consent"] as const;
    return this.#db.read(names, async (tx) => {
      const [conversations, messages, consent] = await Promise.all([
        tx.objectStore("conversations").getAll(),
        tx.objectStore("messages").count(),
        tx.objectStore("consent").count(),
      ]);
      const shown = shownConversations(conversations.map(groupOf));
      return { conversations: shown.length, messages, consent };
    });
  }

  provenance(row: HistoryRow): Promise<Provenance | undefined> {
    const names = ["conversations", "messages", "imports"] as const;
    return this.#db.read(names, async (tx) => {
      const record =
        "message" in row
          ? await tx
              .objectStore("messages")
              .index("id")
              .get(idBytes(row.message))
          : await tx
              .objectStore("conversations")
              .get(idBytes(row.conversation));
      if (record?.import === undefined) return undefined;
      const found = await tx.objectStore("imports").get(record.import);
      return found && provenanceOf({ ...found, id: found.name });
    });
  }

  #write<Result>(
    work: (writer: HistoryWriter) => Promise<Result>,
  ): Promise<Result> {
    return this.#db.write(historyStores, async (tx) =>
      work(await HistoryWriter.begin(tx, this.#overwritten)),
    );
  }
}
