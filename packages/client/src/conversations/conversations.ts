import { mapConcurrently } from "@history-sync/async";
import type { Extension } from "@history-sync/mls-group";
import {
  dmId,
  newDmExtensions,
  type TopicHmacKey,
} from "@history-sync/mls-group/xmtp";
import {
  type GroupId,
  groupId,
  groupIdOf,
  type InboxId,
  inboxId,
} from "@history-sync/primitives";
import type { GroupSave } from "@history-sync/proto/device-sync";
import { ClientError } from "../errors.js";
import { byConversation, groupsOf } from "../groups/conversation-key.js";
import { newestPlaces, updateMembers } from "../membership/update-members.js";
import type { Message } from "../messages/message.js";
import type { ConversationChange } from "../messages/presence.js";
import {
  type ConsentState,
  consentStateOf,
  newestConsent,
} from "../preferences/consent.js";
import type { Topics } from "../sync/topics.js";
import type { Welcomes } from "../sync/welcomes.js";
import type { ConversationContext } from "./context.js";
import { Conversation } from "./conversation.js";
import { groupExtensions, type NewGroupOptions } from "./new-group.js";
import { type SyncSummary, syncAll } from "./sync-all.js";

/** The conversations that a list contains. */
export interface ListOptions {
  /** Default: `allowed` and `unknown`. */
  readonly consentStates?: readonly ConsentState[];
}

/** A change of a conversation; see `ConversationChange`. */
export interface ConversationUpdate {
  readonly type: ConversationChange["type"];
  readonly conversation: Conversation;
}

const defaultConsentStates: readonly ConsentState[] = ["allowed", "unknown"];

/** The groups and DMs of an installation, including those that an archive brought. */
export class Conversations {
  readonly #context: ConversationContext;
  readonly #welcomes: Welcomes;
  readonly #topics: Topics;

  /** @internal Called by `createClient`. */
  constructor(
    context: ConversationContext,
    welcomes: Welcomes,
    topics: Topics,
  ) {
    this.#context = context;
    this.#welcomes = welcomes;
    this.#topics = topics;
  }

  /**
   * Creates a group with these users.
   *
   * @throws {ClientError} `unknown-inbox`, `too-many-members`
   */
  async newGroup(
    inboxIds: readonly string[],
    options: NewGroupOptions = {},
  ): Promise<Conversation> {
    const { inboxId, randomBytes } = this.#context;
    const others = this.#others(inboxIds);
    const extensions = groupExtensions(inboxId, options, randomBytes);
    return this.#create(extensions, others);
  }

  /**
   * Returns the DM with a user if there is one that is active and not forked, and creates one otherwise: no member of a
   * forked DM may be re-added.
   *
   * @throws {ClientError} `unknown-inbox`, `invalid-members`
   */
  async newDm(peer: string): Promise<Conversation> {
    const { randomBytes } = this.#context;
    const [other] = this.#others([peer]);
    if (other === undefined) {
      throw new ClientError(
        "invalid-members",
        "expected another user for a DM, got this client's own inbox",
      );
    }
    const known = await this.getDmByInboxId(other);
    if (known?.isActive() && !(await known.debugInfo()).maybeForked) {
      return known;
    }
    const extensions = newDmExtensions(this.#context.inboxId, other, {
      randomBytes,
    });
    return this.#create(extensions, [other]);
  }

  /** Lists conversations, the one with the newest message first. */
  async list({
    consentStates = defaultConsentStates,
  }: ListOptions = {}): Promise<readonly Conversation[]> {
    const { history } = this.#context.store;
    const listed: Conversation[] = [];
    for (const groups of byConversation(await history.conversations())) {
      const ids = groups.map(({ id }) => groupIdOf(id));
      const consent = await newestConsent("conversation", ids, history);
      const isWanted = consentStates.includes(consentStateOf(consent));
      const conversation = this.#conversation(groups);
      if (isWanted && conversation) listed.push(conversation);
    }
    return listed;
  }

  async getConversationById(id: string): Promise<Conversation | undefined> {
    const { history } = this.#context.store;
    const group = await history.conversation(groupId(id));
    return group && this.#conversation(await groupsOf(group, history));
  }

  async getDmByInboxId(peer: string): Promise<Conversation | undefined> {
    const { store } = this.#context;
    const id = dmId(this.#context.inboxId, inboxId(peer));
    return this.#conversation(await store.history.dmGroups(id));
  }

  /** Joins the conversations that other users added this installation to. */
  async sync(): Promise<void> {
    await this.#welcomes.handle(this.#context.closing);
  }

  /** Calls `sync`, then `sync` of every active conversation. */
  async syncAll(options: ListOptions = {}): Promise<SyncSummary> {
    await this.sync();
    return syncAll(await this.list(options), this.#context);
  }

  /** Returns `hmacKeys` of each listed conversation, and of each group of a DM. */
  async hmacKeys(
    options: ListOptions = {},
  ): Promise<ReadonlyMap<GroupId, readonly TopicHmacKey[]>> {
    const listed = await this.list(options);
    const duplicates = await mapConcurrently(listed, 1, (one) =>
      one.duplicateDms(),
    );
    return new Map(
      await mapConcurrently(
        [...listed, ...duplicates.flat()],
        1,
        async (one) => [one.id, await one.hmacKeys()] as const,
      ),
    );
  }

  /** Streams conversations that are new to this installation, from this call on. */
  stream(signal?: AbortSignal): AsyncIterableIterator<Conversation> {
    return mapped(
      this.#changes((change) => change.type === "new", signal),
      ({ conversation }) => conversation,
    );
  }

  /** Streams changes of conversations, from this call on. */
  updates(signal?: AbortSignal): AsyncIterableIterator<ConversationUpdate> {
    return this.#changes(() => true, signal);
  }

  /** Streams messages of all conversations as they arrive from the node, this installation's included, from this call on. */
  streamAllMessages(signal?: AbortSignal): AsyncIterableIterator<Message> {
    return this.#context.messages({ signal });
  }

  async #create(
    extensions: readonly Extension[],
    others: readonly InboxId[],
  ): Promise<Conversation> {
    const { installation, identityLog, receiver, preferences, closing } =
      this.#context;
    // Unknown inboxes are refused first, because a group can't be deleted.
    await newestPlaces(others, identityLog);
    const group = await installation.createGroup({ extensions });
    await updateMembers(group, { add: others }, this.#context, closing);
    await receiver.record(group);
    await preferences.allowIfUnknown(group.id);
    this.#topics.notifyChanged();
    return this.#expect(group.id);
  }

  /** Returns each user once, without this client's own. */
  #others(inboxIds: readonly string[]): readonly InboxId[] {
    const others = new Set(inboxIds.map(inboxId));
    others.delete(this.#context.inboxId);
    return [...others];
  }

  /** Returns undefined for no groups. */
  #conversation(groups: readonly GroupSave[]): Conversation | undefined {
    const current = this.#context.dmGroups.current(groups);
    return current && new Conversation(current, this.#context);
  }

  async #expect(id: GroupId): Promise<Conversation> {
    const conversation = await this.getConversationById(id);
    if (conversation) return conversation;
    throw new ClientError(
      "unknown-conversation",
      "expected the conversation in the store, got none",
    );
  }

  #changes(
    filter: (change: ConversationChange) => boolean,
    given: AbortSignal | undefined,
  ): AsyncIterableIterator<ConversationUpdate> {
    const { ledger, closing } = this.#context;
    const signal = given ? AbortSignal.any([given, closing]) : closing;
    return mapped(
      ledger.changes.subscribe({ filter, signal }),
      async ({ type, id }) => ({ type, conversation: await this.#expect(id) }),
    );
  }
}

async function* mapped<Item, Result>(
  items: AsyncIterable<Item>,
  map: (item: Item) => Result | Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  for await (const item of items) yield await map(item);
}
