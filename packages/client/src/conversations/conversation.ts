import type { Extension, MlsGroup } from "@history-sync/mls-group";
import {
  type MutableMetadata,
  metadataFields,
  type TopicHmacKey,
  topicHmacKeys,
  withAdmin,
  withMetadata,
  withoutAdmin,
  withoutSuperAdmin,
  withSuperAdmin,
} from "@history-sync/mls-group/xmtp";
import {
  type GroupId,
  groupIdOf,
  type InboxId,
  idBytes,
  inboxId,
  type MessageId,
  nowNs,
} from "@history-sync/primitives";
import {
  ConversationTypeSave,
  type GroupSave,
} from "@history-sync/proto/device-sync";
import { askToLeave, isLeaving } from "../membership/leave.js";
import { bringInLine, type InboxChange } from "../membership/membership.js";
import { encodeText } from "../messages/content.js";
import { type Message, messageOf } from "../messages/message.js";
import type { SendOptions } from "../messages/outbox.js";
import type { ConsentState } from "../preferences/consent.js";
import { hmacRoot } from "../preferences/hmac-root.js";
import { publishWaiting, syncConversation } from "../sync/sync-conversation.js";
import type { ConversationContext } from "./context.js";
import { ConversationGroups } from "./conversation-groups.js";
import {
  type ConversationDebugInfo,
  type ConversationMember,
  debugInfoOf,
  membersOf,
  metadataOf,
} from "./conversation-info.js";

export interface MessagesOptions {
  /** Default: 100. */
  readonly limit?: number;
  /** Only those before this message, such as the last one of the page before. */
  readonly before?: Pick<Message, "id" | "sentAtNs">;
}

type MetadataField = (typeof metadataFields)[keyof typeof metadataFields];

/**
 * A group or a DM. One that is known from an archive only is read-only until another member adds this installation.
 * A DM stands for all groups of its two users: either of them may have made one, and more than once.
 */
export class Conversation {
  /** Of a DM that of the group which was written in when this object was made. */
  readonly id: GroupId;
  readonly #row: GroupSave;
  readonly #groups: ConversationGroups;
  readonly #context: ConversationContext;

  /** Made by Conversations. */
  constructor(row: GroupSave, context: ConversationContext) {
    this.id = groupIdOf(row.id);
    this.#row = row;
    this.#groups = new ConversationGroups(row, context);
    this.#context = context;
  }

  get kind(): "group" | "dm" {
    return this.#row.conversationType === ConversationTypeSave.DM
      ? "dm"
      : "group";
  }

  get name(): string {
    return this.#attribute(metadataFields.name);
  }

  get description(): string {
    return this.#attribute(metadataFields.description);
  }

  get imageUrl(): string {
    return this.#attribute(metadataFields.imageUrl);
  }

  /** Inbox ids. */
  get admins(): readonly string[] {
    return this.#metadata().admins;
  }

  get superAdmins(): readonly string[] {
    return this.#metadata().superAdmins;
  }

  /** When this installation made or joined it, or the one whose archive brought it. */
  get createdAtNs(): bigint {
    return this.#row.createdAtNs;
  }

  /** Whose installation added this one, or made the conversation. */
  get addedByInboxId(): string {
    return this.#row.addedByInboxId;
  }

  /** The other one in a DM. */
  get peerInboxId(): InboxId | undefined {
    const [, ...ids] = this.#row.dmId?.split(":") ?? [];
    const peer = ids.find((id) => id !== this.#context.inbox.id);
    return peer === undefined ? undefined : inboxId(peer);
  }

  /** Whether this installation is a member: it can read and write. */
  isActive(): boolean {
    const { dmGroups } = this.#context;
    return this.#group()?.active || dmGroups.isActive(this.#groups.key);
  }

  /** The groups of a DM beside the one with this `id`. Each is the same conversation, under its own id. */
  async duplicateDms(): Promise<readonly Conversation[]> {
    const rows = await this.#groups.rows();
    return rows
      .map((row) => new Conversation(row, this.#context))
      .filter(({ id }) => id !== this.id);
  }

  /** Whether this installation is in step with the others, among what may help when it isn't; of the group that is written in. */
  async debugInfo(): Promise<ConversationDebugInfo> {
    return debugInfoOf(await this.#groups.current());
  }

  /** Nobody is known of a conversation that came by an archive. */
  async members(): Promise<readonly ConversationMember[]> {
    const group = await this.#groups.current();
    return group ? membersOf(group) : [];
  }

  addMembers(inboxIds: readonly string[]): Promise<void> {
    return this.#changeMembers({ add: inboxIds.map(inboxId) });
  }

  removeMembers(inboxIds: readonly string[]): Promise<void> {
    return this.#changeMembers({ remove: inboxIds.map(inboxId) });
  }

  /**
   * Asks the super admins to remove the user with all installations; resolves once the node has it. It is done when one
   * of theirs looks at the group next, and `isActive()` is false once this installation has seen it; the history stays.
   * Throws `cannot-leave` (a DM, a group of one, a super admin) and `already-leaving`.
   */
  async requestRemoval(): Promise<void> {
    await askToLeave(await this.#groups.expectActive(), this.#context);
  }

  /** Whether the user has asked to leave, on whichever installation, and is still a member. */
  isPendingRemoval(): Promise<boolean> {
    return isLeaving(this.id, this.#context);
  }

  updateName(name: string): Promise<void> {
    return this.#update(metadataFields.name, name);
  }

  updateDescription(description: string): Promise<void> {
    return this.#update(metadataFields.description, description);
  }

  updateImageUrl(imageUrl: string): Promise<void> {
    return this.#update(metadataFields.imageUrl, imageUrl);
  }

  addAdmin(inbox: string): Promise<void> {
    return this.#changeExtensions((current) =>
      withAdmin(current, inboxId(inbox)),
    );
  }

  removeAdmin(inbox: string): Promise<void> {
    return this.#changeExtensions((current) =>
      withoutAdmin(current, inboxId(inbox)),
    );
  }

  addSuperAdmin(inbox: string): Promise<void> {
    return this.#changeExtensions((current) =>
      withSuperAdmin(current, inboxId(inbox)),
    );
  }

  removeSuperAdmin(inbox: string): Promise<void> {
    return this.#changeExtensions((current) =>
      withoutSuperAdmin(current, inboxId(inbox)),
    );
  }

  sendText(text: string): Promise<MessageId> {
    return this.send(encodeText(text));
  }

  /**
   * Sends a serialised EncodedContent; resolves once the node has it. A failure that may pass leaves the message
   * `unpublished`: it goes out with the next `sync` or `publishMessages`, or with a `send` in the same group.
   */
  async send(
    content: Uint8Array,
    options: SendOptions = {},
  ): Promise<MessageId> {
    const group = await this.#groups.expectActive();
    const id = await this.#keep(content, group, options);
    await publishWaiting(group, this.#context, this.#context.closing);
    return id;
  }

  /** Keeps a message and shows it, for `publishMessages` to send. */
  async sendOptimistic(
    content: Uint8Array,
    options: SendOptions = {},
  ): Promise<MessageId> {
    return this.#keep(content, await this.#groups.expectActive(), options);
  }

  /** Sends what waits, to members whose installations are up to date. */
  async publishMessages(): Promise<void> {
    await this.#groups.expectActive();
    const { closing } = this.#context;
    await this.#groups.inEach(async (group) => {
      if (group.active) await publishWaiting(group, this.#context, closing);
    });
  }

  /** A page of messages of every kind, newest first. */
  async messages(options: MessagesOptions = {}): Promise<readonly Message[]> {
    const { before, limit } = options;
    const groups = await this.#groups.rows();
    const ids = groups.map(({ id }) => groupIdOf(id));
    const rows = await this.#context.store.history.messages(ids, {
      ...(limit === undefined ? {} : { limit }),
      ...(before && {
        before: { id: idBytes(before.id), sentAtNs: before.sentAtNs },
      }),
    });
    return rows.map(messageOf);
  }

  /** Takes in what is new, and sends what waits. */
  async sync(): Promise<void> {
    const { closing } = this.#context;
    await this.#groups.inEach((group) =>
      syncConversation(group, this.#context, closing),
    );
  }

  /** Messages as they come from the node, one's own too, from this call on. */
  stream(signal?: AbortSignal): AsyncIterableIterator<Message> {
    const { dmGroups, messages } = this.#context;
    const only = ({ conversationId }: Message) =>
      dmGroups.keyOf(conversationId) === this.#groups.key;
    return messages({ only, signal });
  }

  consentState(): Promise<ConsentState> {
    return this.#context.preferences.getConsentState("conversation", this.id);
  }

  updateConsentState(state: ConsentState): Promise<void> {
    const decision = {
      entityType: "conversation",
      entity: this.id,
      state,
    } as const;
    return this.#context.preferences.setConsentStates([decision]);
  }

  /**
   * By which a push server leaves out messages of the user's own installations: for the last, this and the next 30 days.
   * They are others after every change of the user's installations, and for each group of a DM.
   */
  async hmacKeys(): Promise<readonly TopicHmacKey[]> {
    const { store, clock, randomBytes } = this.#context;
    const { history } = store;
    const root = await hmacRoot({ history, clock, randomBytes });
    return topicHmacKeys(root, this.id, nowNs(clock));
  }

  #group(): MlsGroup | undefined {
    return this.#context.installation.group(this.id);
  }

  async #keep(
    content: Uint8Array,
    group: MlsGroup,
    options: SendOptions,
  ): Promise<MessageId> {
    const { outbox, preferences } = this.#context;
    const id = await outbox.keep(group.id, content, options);
    await preferences.allowIfUnknown(group.id);
    return id;
  }

  async #changeMembers(change: InboxChange): Promise<void> {
    const group = await this.#groups.expectActive();
    const { ledger, closing } = this.#context;
    await bringInLine(group, change, this.#context, closing);
    await ledger.takeIn(group);
  }

  #update(field: MetadataField, value: string): Promise<void> {
    return this.#changeExtensions((current) =>
      withMetadata(current, field, value),
    );
  }

  async #changeExtensions(
    change: (current: readonly Extension[]) => readonly Extension[],
  ): Promise<void> {
    const group = await this.#groups.expectActive();
    const { ledger, closing } = this.#context;
    await group.changeMembers(
      { extensions: ({ current }) => change(current) },
      { signal: closing },
    );
    await ledger.takeIn(group);
  }

  #attribute(field: MetadataField): string {
    return this.#metadata().attributes.get(field) ?? "";
  }

  #metadata(): MutableMetadata {
    return metadataOf(this.#row, this.#group());
  }
}
