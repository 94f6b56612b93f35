import { equals } from "@bufbuild/protobuf";
import { type Broadcast, KeyedMutex } from "@history-sync/async";
import {
  type MlsGroup,
  MlsGroupError,
  type ProposedCommit,
  type ReceivedRecord,
} from "@history-sync/mls-group";
import type { GroupId, InboxId } from "@history-sync/primitives";
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
import { type MembershipStatus, statusOf } from "../groups/dm-groups.js";
import { Signal, stream } from "../work/events.js";
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
import { newMessageRows, withNewest } from "./received-messages.js";

type LedgerContext = Pick<ClientContext, "store" | "inboxId" | "log">;

type KnownGroup = Pick<
  MlsGroup,
  "id" | "epoch" | "active" | "extensions" | "createdAtNs" | "addedBy"
>;

/**
 * Writes conversations and their messages into the history. A message is stored there before MLS forgets it, and its id
 * prevents a second copy: a crash at any point neither loses nor doubles a message.
 */
export class Ledger {
  /** Every message once, when it arrives from the node, including those of this installation. */
  readonly arrivals: Broadcast<Message> = stream();
  readonly changes: Broadcast<ConversationChange> = stream();
  /** Emitted when a fork was detected, or healed. */
  readonly forks: Signal = new Signal();
  /** Emitted for a conversation with members that this installation has to remove. */
  readonly leavers: Signal<GroupId> = new Signal();
  readonly #context: LedgerContext;
  readonly #presence = new Presence();
  /** By conversation: a change is published once, in whichever of the conversation's groups it happens. */
  readonly #turns: KeyedMutex<string> = new KeyedMutex();

  constructor(context: LedgerContext) {
    this.#context = context;
  }

  /** Ends all streams. Queued items are still delivered. */
  endStreams(): void {
    this.arrivals.close();
    this.changes.close();
  }

  /**
   * Updates the history from a group, and moves the group's received messages into it. Ignores groups that are no
   * conversations. `status` returns this installation's membership in the conversation with a key.
   */
  record(
    group: KnownGroup,
    status: (key: string) => MembershipStatus,
  ): Promise<void> {
    const key = keyOfGroup(group);
    return this.#turns.run(key, async () => {
      const { store, inboxId, log } = this.#context;
      const { history } = store;
      const before = await history.conversation(group.id);
      const known = before
        ? await groupsOf(before, history)
        : await history.dmGroups(key);
      const received = await store.groups.received(group.id);
      const read = this.#read(group, before, received);
      if (!read) return;
      const { row, open } = read;
      const added = await newMessageRows(group.id, received, history, log);
      const now = withNewest(row, added);
      const changed = !before || !equals(GroupSaveSchema, before, now);
      if (changed || added.length > 0) {
        await history.put({ groups: [now], messages: added });
      }
      await this.#markHandled(received, open);
      for (const type of this.#presence.observe(key, status(key), known)) {
        this.changes.publish({ type, id: group.id });
        if (type === "forked" || type === "healed") this.forks.emit();
      }
      for (const message of added) this.arrivals.publish(messageOf(message));
      if (leaversFor(inboxId, group, open).length > 0) {
        this.leavers.emit(group.id);
      }
    });
  }

  /** Returns the members that this installation has to remove now. */
  async leaversOf(group: MlsGroup): Promise<readonly InboxId[]> {
    const open = openRequests(group, await group.received());
    return leaversFor(this.#context.inboxId, group, open);
  }

  /**
   * Closes requests to leave that a commit fulfils; must be called for every commit before it is applied. A request is
   * open until a commit removes its inbox: a member that is added again later stays.
   */
  async closeRequests(commit: ProposedCommit): Promise<void> {
    const { groupId, epoch, extensions, own } = commit;
    if (!changesInboxes(commit) || !canBeLeft(extensions)) return;
    const { store, inboxId } = this.#context;
    const record = await store.groups.group(groupId);
    const received = await store.groups.received(groupId);
    if (!record || received.length === 0) return;
    const { active, createdAtNs, addedBy } = record;
    const known = { active, createdAtNs, addedBy };
    const group = { ...known, id: groupId, epoch, extensions };
    // Requests of inboxes that aren't members are closed here.
    await this.record(group, () => statusOf(record));
    // A commit of this installation may still be refused.
    if (own) return;
    const before = openRequests(group, received);
    const after = openRequests(groupAfter(commit, inboxId), received);
    await this.#markHandled([...before.values()], after);
  }

  /** Stores a message of this installation before it is sent. */
  async keepOwn(message: NewMessage): Promise<void> {
    const row = messageRow(message);
    await this.#change(message.groupId, (group) => ({
      groups: [withNewest(group, [row])],
      messages: [row],
    }));
  }

  /** Marks messages of this installation that will never be sent. */
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

  /** Stores when the members' installations were last checked. */
  async noteCheck(groupId: GroupId, atNs: bigint): Promise<void> {
    await this.#change(groupId, (group) => ({
      groups: [{ ...group, installationsLastChecked: atNs }],
    }));
  }

  async #markHandled(
    received: readonly ReceivedRecord[],
    open: LeaveRequests,
  ): Promise<void> {
    const pending = new Set(open.values());
    const handled = received.filter((record) => !pending.has(record));
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

  /** Returns undefined for a group that isn't a conversation, or can't be read. */
  #read(
    group: KnownGroup,
    before: GroupSave | undefined,
    received: readonly ReceivedRecord[],
  ): { readonly row: GroupSave; readonly open: LeaveRequests } | undefined {
    // At epoch 0 the group has no other member yet, and no message can be sent in it.
    if (group.epoch === 0n || !isConversation(group)) return undefined;
    try {
      const open = openRequests(group, received);
      const isLeaving = open.has(this.#context.inboxId);
      return { row: groupRow(group, before, isLeaving), open };
    } catch (error) {
      if (!(error instanceof MlsGroupError)) throw error;
      this.#context.log("conversation.unreadable", { group: group.id });
      return undefined;
    }
  }
}
