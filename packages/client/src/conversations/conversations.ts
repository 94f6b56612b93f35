import { type Extension, MlsGroupError } from "@history-sync/mls-group";
import {
  dmId,
  newDmExtensions,
  newGroupExtensions,
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
import type { ClientContext } from "../context.js";
import { ClientError } from "../errors.js";
import { Healing } from "../forks/healing.js";
import { byConversation, groupsOf } from "../groups/conversation-key.js";
import { DmGroups } from "../groups/dm-groups.js";
import { removeLeavers } from "../membership/leave.js";
import { bringInLine, newestPlaces } from "../membership/membership.js";
import { bringInOwnInstallations } from "../membership/own-installations.js";
import { watchMembers } from "../membership/watch-members.js";
import type { Ledger } from "../messages/ledger.js";
import type { Message } from "../messages/message.js";
import { Outbox } from "../messages/outbox.js";
import type { ConversationChange } from "../messages/presence.js";
import {
  type ConsentState,
  consentStateOf,
  newestConsent,
} from "../preferences/consent.js";
import type { Preferences } from "../preferences/preferences.js";
import { Live } from "../sync/live.js";
import { takeNews } from "../sync/sync-conversation.js";
import { Welcomes } from "../sync/welcomes.js";
import type { Background } from "../work/background.js";
import { codeOf } from "../work/background.js";
import { inParallel } from "../work/in-parallel.js";
import { Turns } from "../work/turns.js";
import type { ConversationContext } from "./context.js";
import { Conversation } from "./conversation.js";
import { type SyncSummary, syncAll } from "./sync-all.js";

export interface NewGroupOptions {
  readonly groupName?: string;
  readonly description?: string;
  readonly imageUrl?: string;
}

export interface ListOptions {
  /** Default: `allowed` and `unknown`. */
  readonly consentStates?: readonly ConsentState[];
}

/** What happened to a conversation; see `ConversationChange`. */
export interface ConversationUpdate {
  readonly type: ConversationChange["type"];
  readonly conversation: Conversation;
}

const defaultConsentStates: readonly ConsentState[] = ["allowed", "unknown"];

export interface ConversationsOptions {
  readonly ledger: Ledger;
  readonly preferences: Preferences;
  readonly background: Background;
  readonly closing: AbortSignal;
  /** Whether the user's other installations are brought into conversations at once. */
  readonly deviceSync: boolean;
}

/** The groups and DMs of an installation, those that came by an archive among them. */
export class Conversations {
  readonly #context: ConversationContext;
  readonly #background: Background;
  readonly #deviceSync: boolean;
  readonly #live: Live;
  readonly #welcomes: Welcomes;
  readonly #healing: Healing;
  #following: Promise<void> = Promise.resolve();

  /** Made by `createClient`. */
  constructor(context: ClientContext, options: ConversationsOptions) {
    const { ledger, preferences, background, closing, deviceSync } = options;
    const dmGroups = new DmGroups(context.installation);
    this.#background = background;
    this.#deviceSync = deviceSync;
    this.#welcomes = new Welcomes(context, ledger, {
      onGroups: () => this.#live.topicsChanged(),
      onSyncGroup: () => this.bringInOwnInstallations(),
      onTaken: () => this.#healing.wake(),
    });
    this.#live = new Live(context, {
      welcomes: (signal) => this.#welcomes.take(signal),
      messages: (id, signal) => this.#takeMessages(id, signal),
    });
    this.#context = {
      ...context,
      preferences,
      dmGroups,
      ledger,
      closing,
      outbox: new Outbox(context, ledger),
      leaving: new Turns(),
      watcher: watchMembers(context, ledger),
      messages: ({ only, signal }) =>
        ledger.arrivals.watch({
          only,
          signal: signal ? AbortSignal.any([signal, closing]) : closing,
          onEnd: this.#live.wantMessages(),
        }),
    };
    this.#healing = new Healing(this.#context, background);
    ledger.tell({
      standing: (key) => dmGroups.standing(key),
      onFork: () => this.#healing.wake(),
      onLeavers: (id) =>
        background.again(`leavers ${id}`, () =>
          removeLeavers(id, this.#context),
        ),
    });
  }

  /** Takes up what a crash left open, and begins to listen. */
  async start(): Promise<void> {
    const { ledger, closing, log } = this.#context;
    await this.#welcomes.notice();
    this.bringInOwnInstallations();
    this.#healing.start();
    this.#following = this.#live.follow(closing).catch((error: unknown) => {
      log("conversations.stopped", { code: codeOf(error) });
      ledger.endStreams();
    });
  }

  /** A group with these users, and whoever is added later. */
  async newGroup(
    inboxIds: readonly string[],
    options: NewGroupOptions = {},
  ): Promise<Conversation> {
    const { inbox, randomBytes } = this.#context;
    const { groupName, ...texts } = options;
    const others = this.#others(inboxIds);
    const extensions = newGroupExtensions(inbox.id, {
      ...texts,
      ...(groupName === undefined ? {} : { name: groupName }),
      randomBytes,
    });
    return this.#create(extensions, others);
  }

  /**
   * The conversation of two: the one that is there already and can be written in, or a new one. One that this
   * installation may have a fork of gives way to a new one: nobody may add a member of a DM anew.
   */
  async newDm(peer: string): Promise<Conversation> {
    const { inbox, randomBytes } = this.#context;
    const [other] = this.#others([peer]);
    if (other === undefined) {
      throw new ClientError(
        "invalid-members",
        "expected another user for a DM, got oneself",
      );
    }
    const known = await this.getDmByInboxId(other);
    if (known?.isActive() && !(await known.debugInfo()).maybeForked) {
      return known;
    }
    const extensions = newDmExtensions(inbox.id, other, { randomBytes });
    return this.#create(extensions, [other]);
  }

  /** The one with the newest message first. */
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
    const { store, inbox } = this.#context;
    const id = dmId(inbox.id, inboxId(peer));
    return this.#conversation(await store.history.dmGroups(id));
  }

  /** Takes in the conversations that others added this installation to. */
  async sync(): Promise<void> {
    await this.#welcomes.take(this.#context.closing);
  }

  /** `sync`, then `sync` of every conversation that can be written in. */
  async syncAll(options: ListOptions = {}): Promise<SyncSummary> {
    await this.sync();
    return syncAll(await this.list(options), this.#context);
  }

  /** `hmacKeys` of each conversation in the list, and of each group of a DM. */
  async hmacKeys(
    options: ListOptions = {},
  ): Promise<ReadonlyMap<GroupId, readonly TopicHmacKey[]>> {
    const listed = await this.list(options);
    const duplicates = await inParallel(listed, 1, (one) => one.duplicateDms());
    return new Map(
      await inParallel(
        [...listed, ...duplicates.flat()],
        1,
        async (one) => [one.id, await one.hmacKeys()] as const,
      ),
    );
  }

  /** Conversations that are new here, from this call on. */
  stream(signal?: AbortSignal): AsyncIterableIterator<Conversation> {
    return mapped(
      this.#changes((change) => change.type === "new", signal),
      ({ conversation }) => conversation,
    );
  }

  /** What happens to conversations, from this call on. */
  updates(signal?: AbortSignal): AsyncIterableIterator<ConversationUpdate> {
    return this.#changes(() => true, signal);
  }

  /** Messages of all conversations as they come from the node, one's own too, from this call on. */
  streamAllMessages(signal?: AbortSignal): AsyncIterableIterator<Message> {
    return this.#context.messages({ signal });
  }

  /** Brings the user's other installations in line with the inbox, in every conversation that matters, behind the scenes. */
  bringInOwnInstallations(): void {
    if (!this.#deviceSync) return;
    this.#background.again("own-installations", () =>
      bringInOwnInstallations(this.#context),
    );
  }

  /** Call it once `closing` has aborted. */
  async close(): Promise<void> {
    const { watcher, ledger } = this.#context;
    await watcher.close();
    await this.#following;
    await this.#healing.ended();
    ledger.endStreams();
  }

  /** A group that can't be mended doesn't keep the others from being heard. */
  async #takeMessages(id: GroupId, signal: AbortSignal): Promise<void> {
    const { installation, log } = this.#context;
    const group = installation.group(id);
    if (!group) return;
    try {
      await takeNews(group, this.#context, signal);
    } catch (error) {
      if (!(error instanceof MlsGroupError) || error.retryable) throw error;
      log("conversation.not-synced", { group: id, code: error.code });
    }
  }

  async #create(
    extensions: readonly Extension[],
    others: readonly InboxId[],
  ): Promise<Conversation> {
    const { installation, identityLog, ledger, preferences, closing } =
      this.#context;
    // Before anything is made: a group can't be taken back.
    await newestPlaces(others, identityLog);
    const group = await installation.createGroup({ extensions });
    await bringInLine(group, { add: others }, this.#context, closing);
    await ledger.takeIn(group);
    await preferences.allowIfUnknown(group.id);
    this.#live.topicsChanged();
    return this.#expect(group.id);
  }

  /** The users without oneself, each once. */
  #others(inboxIds: readonly string[]): readonly InboxId[] {
    const others = new Set(inboxIds.map(inboxId));
    others.delete(this.#context.inbox.id);
    return [...others];
  }

  /** Undefined for no groups. */
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
    only: (change: ConversationChange) => boolean,
    given: AbortSignal | undefined,
  ): AsyncIterableIterator<ConversationUpdate> {
    const { ledger, closing } = this.#context;
    const signal = given ? AbortSignal.any([given, closing]) : closing;
    return mapped(
      ledger.changes.watch({ only, signal }),
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
