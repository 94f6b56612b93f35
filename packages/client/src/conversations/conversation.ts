import type { MlsGroup } from "@history-sync/mls-group";
import {
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
  groupIdOf,
  inboxId,
  type MessageId,
  nowNs,
} from "@history-sync/primitives";
import type { GroupSave } from "@history-sync/proto/device-sync";
import {
  changeExtensions,
  changeInboxes,
  type ExtensionsChange,
} from "../membership/change-group.js";
import { isLeaving, requestRemoval } from "../membership/leave.js";
import type { InboxChange } from "../membership/update-members.js";
import { encodeText } from "../messages/content.js";
import type { Message } from "../messages/message.js";
import { type MessagesOptions, messagePage } from "../messages/message-page.js";
import type { SendOptions } from "../messages/outbox.js";
import type { ConsentState } from "../preferences/consent.js";
import { hmacRoot } from "../preferences/hmac-root.js";
import { publishPending, syncConversation } from "../sync/sync-conversation.js";
import type { ConversationContext } from "./context.js";
import { ConversationData, type MetadataField } from "./conversation-data.js";
import { ConversationGroups } from "./conversation-groups.js";
import {
  type ConversationDebugInfo,
  type ConversationMember,
  debugInfoOf,
  membersOf,
} from "./conversation-info.js";

/**
 * A group or a DM. One that only an archive brought is read-only until another member adds this installation. A DM may
 * consist of several groups, because either of its two users may have created one.
 */
export class Conversation extends ConversationData {
  readonly #groups: ConversationGroups;
  readonly #context: ConversationContext;

  /** @internal Called by Conversations. */
  constructor(row: GroupSave, context: ConversationContext) {
    super(row, context.inboxId, () => context.installation.group(this.id));
    this.#groups = new ConversationGroups(row, context);
    this.#context = context;
  }

  /** True if this installation is a member, which can read and write. */
  isActive(): boolean {
    const { dmGroups, installation } = this.#context;
    const group = installation.group(this.id);
    return group?.active || dmGroups.isActive(this.#groups.key);
  }

  /** Returns a DM's groups other than the one with this `id`. Each is the same conversation under its own id. */
  async duplicateDms(): Promise<readonly Conversation[]> {
    const rows = await this.#groups.rows();
    return rows
      .map((row) => new Conversation(row, this.#context))
      .filter(({ id }) => id !== this.id);
  }

  /** Returns the MLS state of the group that messages are sent in, and whether it may be forked. */
  async debugInfo(): Promise<ConversationDebugInfo> {
    return debugInfoOf(await this.#groups.current());
  }

  /** Returns the members; none for a conversation that only an archive brought. */
  async members(): Promise<readonly ConversationMember[]> {
    const group = await this.#groups.current();
    return group ? membersOf(group) : [];
  }

  addMembers(inboxIds: readonly string[]): Promise<void> {
    return this.#changeInboxes({ add: inboxIds.map(inboxId) });
  }

  removeMembers(inboxIds: readonly string[]): Promise<void> {
    return this.#changeInboxes({ remove: inboxIds.map(inboxId) });
  }

  /**
   * Asks the super admins to remove the user with all installations; resolves once the node has the request. One of
   * their installations removes the user when it next syncs the group, and `isActive()` is false once this installation
   * has received the commit. The history stays.
   *
   * @throws {ClientError} `cannot-leave` (a DM, a group of one inbox, a super admin), `already-leaving`
   */
  async requestRemoval(): Promise<void> {
    await requestRemoval(await this.#groups.expectActive(), this.#context);
  }

  /** True if the user has asked to leave, on any installation, and is still a member. */
  isPendingRemoval(): Promise<boolean> {
    return isLeaving(this.id, this.#context.store);
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
   * Sends a serialised EncodedContent; resolves once the node has it. A retryable failure leaves the message
   * `unpublished`: the next `sync` or `publishMessages` sends it, or the next `send` in the same group.
   *
   * @throws {ClientError} `conversation-inactive`, `content-too-large`
   */
  async send(
    content: Uint8Array,
    options: SendOptions = {},
  ): Promise<MessageId> {
    const group = await this.#groups.expectActive();
    const id = await this.#keep(content, group, options);
    await publishPending(group, this.#context, this.#context.closing);
    return id;
  }

  /** Stores a message as `unpublished`, to be sent by `publishMessages`. */
  async sendOptimistic(
    content: Uint8Array,
    options: SendOptions = {},
  ): Promise<MessageId> {
    return this.#keep(content, await this.#groups.expectActive(), options);
  }

  /** Sends pending messages, once the members' installations are up to date. */
  async publishMessages(): Promise<void> {
    await this.#groups.expectActive();
    const { closing } = this.#context;
    await this.#groups.inEach(async (group) => {
      if (group.active) await publishPending(group, this.#context, closing);
    });
  }

  /** Returns a page of messages of every kind, newest first. */
  async messages(options: MessagesOptions = {}): Promise<readonly Message[]> {
    const groups = await this.#groups.rows();
    const ids = groups.map(({ id }) => groupIdOf(id));
    return messagePage(ids, options, this.#context.store.history);
  }

  /** Receives new messages, and sends pending ones. */
  async sync(): Promise<void> {
    const { closing } = this.#context;
    await this.#groups.inEach((group) =>
      syncConversation(group, this.#context, closing),
    );
  }

  /** Streams messages as they arrive from the node, this installation's included, from this call on. */
  stream(signal?: AbortSignal): AsyncIterableIterator<Message> {
    const { dmGroups, messages } = this.#context;
    const filter = ({ conversationId }: Message) =>
      dmGroups.keyOf(conversationId) === this.#groups.key;
    return messages({ filter, signal });
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
   * Returns the HMAC keys by which a push server leaves out messages of the user's own installations, for the previous,
   * the current and the next period of 30 days. They change with the user's installations, and differ for each group of
   * a DM.
   */
  async hmacKeys(): Promise<readonly TopicHmacKey[]> {
    const { store, clock, randomBytes } = this.#context;
    const { history } = store;
    const root = await hmacRoot({ history, clock, randomBytes });
    return topicHmacKeys(root, this.id, nowNs(clock));
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

  async #changeInboxes(change: InboxChange): Promise<void> {
    const group = await this.#groups.expectActive();
    await changeInboxes(group, change, this.#context);
  }

  #update(field: MetadataField, value: string): Promise<void> {
    return this.#changeExtensions((current) =>
      withMetadata(current, field, value),
    );
  }

  async #changeExtensions(change: ExtensionsChange): Promise<void> {
    const group = await this.#groups.expectActive();
    await changeExtensions(group, change, this.#context);
  }
}
