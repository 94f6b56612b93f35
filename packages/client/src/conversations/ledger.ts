import { equals } from "@bufbuild/protobuf";
import {
  type MlsGroup,
  MlsGroupError,
  type ReceivedRecord,
} from "@history-sync/mls-group";
import { inboxOf, unwrapMessage } from "@history-sync/mls-group/xmtp";
import {
  equalBytes,
  type GroupId,
  type InstallationId,
  idBytes,
  type MessageId,
} from "@history-sync/primitives";
import {
  DeliveryStatusSave,
  type GroupMessageSave,
  type GroupSave,
  GroupSaveSchema,
} from "@history-sync/proto/device-sync";
import { Broadcast } from "../broadcast.js";
import type { ClientContext } from "../context.js";
import { Turns } from "../turns.js";
import { groupRow, isConversation } from "./group-row.js";
import {
  type Message,
  messageOf,
  messageRow,
  type NewMessage,
} from "./message.js";
import { type ConversationChange, Presence } from "./presence.js";

/**
 * Writes conversations and their messages into the history. A message is there before MLS forgets it, and its id keeps it
 * from being there twice: whatever line the process dies at, nothing is lost or doubled.
 */
export class Ledger {
  /** Every message once, when it came by the node; one's own too. */
  readonly arrivals: Broadcast<Message> = new Broadcast();
  readonly changes: Broadcast<ConversationChange> = new Broadcast();
  readonly #context: ClientContext;
  readonly #presence = new Presence();
  readonly #turns: Turns<GroupId> = new Turns();

  constructor(context: ClientContext) {
    this.#context = context;
  }

  /** What waits in them is still read. */
  endStreams(): void {
    this.arrivals.close();
    this.changes.close();
  }

  /** Brings the history in line with a group, and moves into it what the group has received. Other groups are passed over. */
  takeIn(group: MlsGroup): Promise<void> {
    return this.#turns.run(group.id, async () => {
      const { history } = this.#context.store;
      const before = await history.conversation(group.id);
      const row = this.#rowOf(group, before);
      if (!row) return;
      const received = await group.received();
      const news = await this.#news(group, received);
      const now = withNewest(row, news);
      const changed = !before || !equals(GroupSaveSchema, before, now);
      if (changed || news.length > 0) {
        await history.put({ groups: [now], messages: news });
      }
      if (received.length > 0) await group.markHandled(received);
      const change = this.#presence.observe(group, before);
      if (change) this.changes.publish({ type: change, id: group.id });
      for (const message of news) this.arrivals.publish(messageOf(message));
    });
  }

  /** Keeps a message of one's own before it is sent. */
  async keepOwn(message: NewMessage): Promise<void> {
    const row = messageRow(message);
    await this.#change(message.groupId, (group) => ({
      groups: [withNewest(group, [row])],
      messages: [row],
    }));
  }

  /** Messages of one's own that will never be sent. */
  async markFailed(
    groupId: GroupId,
    messages: readonly GroupMessageSave[],
  ): Promise<void> {
    await this.#change(groupId, () => ({
      messages: messages.map((message) => ({
        ...message,
        deliveryStatus: DeliveryStatusSave.FAILED,
      })),
    }));
  }

  /** When the installations of the members were last looked for. */
  async noteLook(groupId: GroupId, atNs: bigint): Promise<void> {
    await this.#change(groupId, (group) => ({
      groups: [{ ...group, installationsLastChecked: atNs }],
    }));
  }

  #change(
    groupId: GroupId,
    change: (
      group: GroupSave,
    ) => Parameters<ClientContext["store"]["history"]["put"]>[0],
  ): Promise<void> {
    return this.#turns.run(groupId, async () => {
      const { history } = this.#context.store;
      const group = await history.conversation(groupId);
      if (group) await history.put(change(group));
    });
  }

  #rowOf(
    group: MlsGroup,
    before: GroupSave | undefined,
  ): GroupSave | undefined {
    // Its creator hasn't made it known yet: nobody else is in it, and nobody can be addressed in it.
    if (group.epoch === 0n || !isConversation(group)) return undefined;
    try {
      return groupRow(group, before);
    } catch (error) {
      if (!(error instanceof MlsGroupError)) throw error;
      this.#context.log("conversation.unreadable", { group: group.id });
      return undefined;
    }
  }

  /** The rows that the history doesn't have yet. The first message with an id counts: a member could send it again as its own. */
  async #news(
    group: MlsGroup,
    received: readonly ReceivedRecord[],
  ): Promise<readonly GroupMessageSave[]> {
    const { store, log } = this.#context;
    const news = new Map<MessageId, GroupMessageSave>();
    for (const record of received) {
      const { sequence, sender, credential, sentAtNs } = record;
      const opened = unwrapMessage(record.plaintext, group.id);
      const senderInboxId = inboxOf(credential);
      if (!opened || senderInboxId === undefined) {
        log("message.skipped", { group: group.id, sequence });
        continue;
      }
      const { id, content } = opened;
      const known = await store.history.message(id);
      const isAwaited = known && isUnpublished(known, sender);
      if (news.has(id) || (known && !isAwaited)) continue;
      const message = { id, groupId: group.id, content, sentAtNs, sender };
      news.set(id, messageRow({ ...message, senderInboxId, sequence }));
    }
    return [...news.values()];
  }
}

/** Whether its sender hadn't sent the message yet: it is one's own, or an archive brought it, where it counts as failed. */
function isUnpublished(
  { deliveryStatus, senderInstallationId }: GroupMessageSave,
  sender: InstallationId,
): boolean {
  return (
    deliveryStatus !== DeliveryStatusSave.PUBLISHED &&
    equalBytes(senderInstallationId, idBytes(sender))
  );
}

function withNewest(
  group: GroupSave,
  messages: readonly GroupMessageSave[],
): GroupSave {
  let newest = group.lastMessageNs ?? 0n;
  for (const { sentAtNs } of messages) {
    if (sentAtNs > newest) newest = sentAtNs;
  }
  return newest === 0n ? group : { ...group, lastMessageNs: newest };
}
