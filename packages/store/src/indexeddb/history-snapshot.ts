import {
  type ArchiveSnapshot,
  bytesKey,
  type DisappearingSettings,
  type MessageOrder,
  rowFilter,
  type Selection,
} from "@history-sync/archive";
import { fromHex } from "@history-sync/primitives";
import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import { maxInt64, windowOf } from "../window.js";
import { afterAllBytes, type Bytes, int64Key } from "./keys.js";
import type { KeySpan } from "./pages.js";
import { consentOf, groupOf, hmacKeyOf, messageOf } from "./rows.js";
import type { ConversationRecord, MessageRecord } from "./schema.js";
import type { SnapshotView } from "./snapshot-view.js";

/** The history at the time when the view was opened. */
export class IndexedDbSnapshot implements ArchiveSnapshot {
  readonly #view: SnapshotView;

  constructor(view: SnapshotView) {
    this.#view = view;
  }

  async *groups(
    selection: Selection,
  ): AsyncGenerator<readonly GroupSave[], void, undefined> {
    const filter = rowFilter(selection);
    for await (const records of this.#view.conversations()) {
      const page: GroupSave[] = [];
      for (const record of records) {
        const group = groupOf(record);
        if (!filter.conversation(group)) continue;
        const isWanted =
          filter.time(group.createdAtNs) ||
          (await this.#newest(record, group, selection, 1)) !== undefined;
        if (isWanted) page.push(group);
      }
      if (page.length > 0) yield page;
    }
  }

  async *messages(
    selection: Selection,
    order: MessageOrder,
  ): AsyncGenerator<readonly GroupMessageSave[], void, undefined> {
    const filter = rowFilter(selection);
    const wanted = await this.#wantedConversations(selection);
    for await (const records of this.#walk(selection, order)) {
      const page: GroupMessageSave[] = [];
      for (const record of records) {
        const conversation = wanted.get(bytesKey(record.conversation));
        if (!conversation) continue;
        const { oldest, settings } = conversation;
        if (oldest && indexedDB.cmp(record.position, oldest) < 0) continue;
        const message = messageOf(record);
        const isRestored = record.import !== undefined;
        if (filter.message(message, settings, isRestored)) page.push(message);
      }
      if (page.length > 0) yield page;
    }
  }

  async *consent(
    selection: Selection,
  ): AsyncGenerator<readonly ConsentSave[], void, undefined> {
    const filter = rowFilter(selection);
    for await (const records of this.#view.consent()) {
      const page = records.map(consentOf).filter(filter.consent);
      if (page.length > 0) yield page;
    }
  }

  async hmacKey(): Promise<HmacKeySave | undefined> {
    const record = await this.#view.hmacKey();
    return record && hmacKeyOf(record);
  }

  async close(): Promise<void> {
    this.#view.close();
  }

  /** One conversation is read by its index. For several, all messages are read and the others skipped. */
  #walk(
    selection: Selection,
    order: MessageOrder,
  ): AsyncIterable<readonly MessageRecord[]> {
    const direction = order === "oldest-first" ? "rising" : "falling";
    const [only, ...others] = selection.conversations ?? [];
    return only !== undefined && others.length === 0
      ? this.#view.messagesOf(
          conversationSpan(fromHex(only), selection),
          direction,
        )
      : this.#view.messages(windowSpan(selection), direction);
  }

  /** The conversations of selected messages, and the filter for their messages. */
  async #wantedConversations(
    selection: Selection,
  ): Promise<ReadonlyMap<string, WantedConversation>> {
    const filter = rowFilter(selection);
    const { newestPerConversation: count } = selection;
    const wanted = new Map<string, WantedConversation>();
    for await (const records of this.#view.conversations()) {
      for (const record of records) {
        const group = groupOf(record);
        if (!filter.conversation(group)) continue;
        const { messageDisappearFromNs, messageDisappearInNs } = group;
        const settings: DisappearingSettings = {
          ...(messageDisappearFromNs && { messageDisappearFromNs }),
          ...(messageDisappearInNs && { messageDisappearInNs }),
        };
        const oldest =
          count === undefined
            ? undefined
            : await this.#newest(record, group, selection, count);
        if (count !== undefined && !oldest) continue;
        wanted.set(bytesKey(record.id), {
          settings,
          oldest: oldest?.position,
        });
      }
    }
    return wanted;
  }

  /** Returns the oldest of the `count` newest selected messages of a conversation, or undefined if there is none. */
  async #newest(
    { id }: ConversationRecord,
    settings: DisappearingSettings,
    selection: Selection,
    count: number,
  ): Promise<MessageRecord | undefined> {
    if (selection.newestPerConversation === 0) return undefined;
    const filter = rowFilter(selection);
    const span = conversationSpan(id, selection);
    let oldest: MessageRecord | undefined;
    let left = count;
    for await (const records of this.#view.messagesOf(span, "falling")) {
      for (const record of records) {
        const isRestored = record.import !== undefined;
        if (!filter.message(messageOf(record), settings, isRestored)) continue;
        oldest = record;
        left--;
        if (left === 0) return oldest;
      }
    }
    return oldest;
  }
}

interface WantedConversation {
  readonly settings: DisappearingSettings;
  /** The position of the oldest selected message; undefined for all. */
  readonly oldest: Uint8Array<ArrayBuffer> | undefined;
}

/** Returns the positions of a selection's window, and perhaps a few more, which its filter removes. */
function windowSpan(selection: Selection): Required<KeySpan> {
  const { first, last } = windowOf(selection);
  // A window may be empty; a key range can't.
  const end = last < first ? first : last + 1n;
  return {
    from: int64Key(first),
    to: end > maxInt64 ? afterAllBytes : int64Key(end),
    withoutFrom: false,
    withoutTo: false,
  };
}

/** Does the same for the index of conversations. */
function conversationSpan(id: Bytes, selection: Selection): KeySpan {
  const { from, to } = windowSpan(selection);
  return { from: [id, from], to: [id, to] };
}
