import { equals } from "@bufbuild/protobuf";
import {
  type MlsGroup,
  MlsGroupError,
  type ProposedCommit,
  type ReceivedRecord,
} from "@history-sync/mls-group";
import { inboxOf, unwrapMessage } from "@history-sync/mls-group/xmtp";
import {
  equalBytes,
  type GroupId,
  type InboxId,
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
import type { ClientContext } from "../context.js";
import {
  conversationKey,
  groupsOf,
  keyOfGroup,
} from "../groups/conversation-key.js";
import { type Standing, standingOf } from "../groups/dm-groups.js";
import { Broadcast } from "../work/broadcast.js";
import { Turns } from "../work/turns.js";
import { groupRow, isConversation } from "./group-row.js";
import {
  canBeLeft,
  changesInboxes,
  groupAfter,
  type LeaveRequests,
  leaversFor,
  openRequests,
} from "./leave-requests.js";
import {
  type Message,
  messageOf,
  messageRow,
  type NewMessage,
} from "./message.js";
import { type ConversationChange, Presence } from "./presence.js";

type LedgerContext = Pick<ClientContext, "store" | "inbox" | "log">;

export interface LedgerListeners {
  /** How this installation stands in the groups of a conversation, by `conversationKey`. */
  readonly standing: (key: string) => Standing;
  /** A fork was found, or one is healed. */
  readonly onFork: () => void;
  /** A conversation has members whom this installation has to remove. */
  readonly onLeavers: (id: GroupId) => void;
}

type KnownGroup = Pick<
  MlsGroup,
  "id" | "epoch" | "active" | "extensions" | "createdAtNs" | "addedBy"
>;

/**
 * Writes conversations and their messages into the history. A message is there before MLS forgets it, and its id keeps it
 * from being there twice: whatever line the process dies at, nothing is lost or doubled.
 */
export class Ledger {
  /** Every message once, when it came by the node; one's own too. */
  readonly arrivals: Broadcast<Message> = new Broadcast();
  readonly changes: Broadcast<ConversationChange> = new Broadcast();
  readonly #context: LedgerContext;
  readonly #presence = new Presence();
  /** By conversation, since what happens to it is told once, whichever of its groups it happens in. */
  readonly #turns: Turns<string> = new Turns();
  #listeners: LedgerListeners | undefined;

  constructor(context: LedgerContext) {
    this.#context = context;
  }

  /** Who is asked, and told, about all conversations. */
  tell(listeners: LedgerListeners): void {
    this.#listeners = listeners;
  }

  /** What waits in them is still read. */
  endStreams(): void {
    this.arrivals.close();
    this.changes.close();
  }

  /** Brings the history in line with a group, and moves into it what the group has received. Other groups are passed over. */
  takeIn(group: MlsGroup): Promise<void> {
    return this.#takeIn(group, (key) =>
      key === group.id || !this.#listeners
        ? standingOf(group)
        : this.#listeners.standing(key),
    );
  }

  #takeIn(
    group: KnownGroup,
    standing: (key: string) => Standing,
  ): Promise<void> {
    const key = keyOfGroup(group);
    return this.#turns.run(key, async () => {
      const { store, inbox } = this.#context;
      const { history } = store;
      const before = await history.conversation(group.id);
      const known = before
        ? await groupsOf(before, history)
        : await history.dmGroups(key);
      const received = await store.groups.received(group.id);
      const taken = this.#rowOf(group, before, received);
      if (!taken) return;
      const { row, open } = taken;
      const news = await this.#news(group, received);
      const now = withNewest(row, news);
      const changed = !before || !equals(GroupSaveSchema, before, now);
      if (changed || news.length > 0) {
        await history.put({ groups: [now], messages: news });
      }
      await this.#markHandled(received, open);
      for (const type of this.#presence.observe(key, standing(key), known)) {
        this.changes.publish({ type, id: group.id });
        if (type === "forked" || type === "healed") this.#listeners?.onFork();
      }
      for (const message of news) this.arrivals.publish(messageOf(message));
      if (leaversFor(inbox.id, group, open).length > 0) {
        this.#listeners?.onLeavers(group.id);
      }
    });
  }

  /** The members whom this installation has to remove now. */
  async leavers(group: MlsGroup): Promise<readonly InboxId[]> {
    const open = openRequests(group, await group.received());
    return leaversFor(this.#context.inbox.id, group, open);
  }

  /**
   * To be told of every commit before it counts. A request to leave counts until a commit takes its inbox out, whatever
   * comes later: who is added again stays.
   */
  async closeRequests(commit: ProposedCommit): Promise<void> {
    const { groupId, epoch, extensions, own } = commit;
    if (!changesInboxes(commit) || !canBeLeft(extensions)) return;
    const { store, inbox } = this.#context;
    const record = await store.groups.group(groupId);
    const received = await store.groups.received(groupId);
    if (!record || received.length === 0) return;
    const { active, createdAtNs, addedBy } = record;
    const known = { active, createdAtNs, addedBy };
    const group = { ...known, id: groupId, epoch, extensions };
    // What was asked by who isn't in comes to its end here.
    await this.#takeIn(group, () => standingOf(record));
    // A removal of one's own may not come to count.
    if (own) return;
    const before = openRequests(group, received);
    const after = openRequests(groupAfter(commit, inbox.id), received);
    await this.#markHandled([...before.values()], after);
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

  async #markHandled(
    received: readonly ReceivedRecord[],
    open: LeaveRequests,
  ): Promise<void> {
    const waiting = new Set(open.values());
    const handled = received.filter((record) => !waiting.has(record));
    if (handled.length > 0)
      await this.#context.store.groups.commit({ handled });
  }

  async #change(
    groupId: GroupId,
    change: (
      group: GroupSave,
    ) => Parameters<ClientContext["store"]["history"]["put"]>[0],
  ): Promise<void> {
    const { history } = this.#context.store;
    const known = await history.conversation(groupId);
    if (!known) return;
    await this.#turns.run(conversationKey(known), async () => {
      const group = await history.conversation(groupId);
      if (group) await history.put(change(group));
    });
  }

  #rowOf(
    group: KnownGroup,
    before: GroupSave | undefined,
    received: readonly ReceivedRecord[],
  ): { readonly row: GroupSave; readonly open: LeaveRequests } | undefined {
    // Its creator hasn't made it known yet: nobody else is in it, and nobody can be addressed in it.
    if (group.epoch === 0n || !isConversation(group)) return undefined;
    try {
      const open = openRequests(group, received);
      const isLeaving = open.has(this.#context.inbox.id);
      return { row: groupRow(group, before, isLeaving), open };
    } catch (error) {
      if (!(error instanceof MlsGroupError)) throw error;
      this.#context.log("conversation.unreadable", { group: group.id });
      return undefined;
    }
  }

  /** The rows that the history doesn't have yet. The first message with an id counts: a member could send it again as its own. */
  async #news(
    group: KnownGroup,
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
