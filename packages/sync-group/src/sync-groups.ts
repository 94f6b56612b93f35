import {
  type DeliveryService,
  type GroupStateStore,
  type MlsGroup,
  MlsGroupError,
  type MlsInstallation,
} from "@history-sync/mls-group";
import {
  type Clock,
  HistorySyncError,
  type InboxId,
  type InstallationId,
  type Logger,
  type MessageId,
  nowNs,
  type RandomBytes,
} from "@history-sync/primitives";
import type { DeviceSyncContent } from "@history-sync/proto/device-sync";
import { awaitWelcome } from "./await-welcome.js";
import { type DeviceSyncMessage, wrapContent } from "./device-sync-message.js";
import { SyncGroupError } from "./errors.js";
import { followNews } from "./follow.js";
import type { InstallationSource } from "./installation-source.js";
import { OwnSyncGroups, type RefreshedGroup } from "./own-sync-groups.js";
import { isPaused, isSyncGroupOnlyOf } from "./primary-group.js";
import { readMessages } from "./read-messages.js";
import {
  knownInstallations,
  type MembersRefreshed,
} from "./refresh-members.js";
import { Topics } from "./topics.js";

/** What the sync groups work with; they own none of it. */
export interface SyncGroupPorts {
  readonly deliveryService: DeliveryService;
  readonly store: GroupStateStore;
  readonly installations: InstallationSource;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
}

export interface EnsureOptions {
  /** How long another installation has to add this one before it makes a group of its own. Default: no time at all. */
  readonly graceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

// As XMTP's installations do; the others don't add it to theirs at once.
const defaultGraceMs = 0;

/**
 * The sync groups of an inbox, as one of its installations sees them. It reads all of them and writes to the primary
 * one: the newest that this installation made or joined.
 */
export class SyncGroups implements AsyncDisposable {
  readonly inboxId: InboxId;
  readonly #installation: MlsInstallation;
  readonly #ports: SyncGroupPorts;
  readonly #groups: OwnSyncGroups;
  readonly #topics: Topics;
  readonly #closing = new AbortController();
  #ensuring: Promise<void> = Promise.resolve();
  #lastSentAtNs = 0n;

  /** Made by openSyncGroups. */
  constructor(
    installation: MlsInstallation,
    inboxId: InboxId,
    ports: SyncGroupPorts,
    newcomerGraceMs: number,
  ) {
    this.#installation = installation;
    this.inboxId = inboxId;
    this.#ports = ports;
    this.#groups = new OwnSyncGroups(
      installation,
      inboxId,
      ports,
      newcomerGraceMs,
    );
    this.#topics = new Topics(installation, () => this.#groups.all());
  }

  get installationId(): InstallationId {
    return this.#installation.id;
  }

  /**
   * Joins the groups that wait, then takes in the news of every sync group. If that shows that the newest one can't be
   * mended, a new one for all installations takes its place.
   */
  async sync(signal?: AbortSignal): Promise<void> {
    const ended = this.#ended(signal);
    await this.#syncWelcomes(ended);
    for (const group of this.#groups.all()) await this.#syncGroup(group, ended);
    await this.#replaceBroken(ended);
  }

  /**
   * Makes sure that there is a sync group: the one that another installation adds this one to, or a new one with all
   * installations of the inbox.
   */
  ensure(options: EnsureOptions = {}): Promise<void> {
    const ensured = this.#ensuring.then(() => this.#ensure(options));
    this.#ensuring = ensured.catch(() => {});
    return ensured;
  }

  /**
   * Adds the inbox's new installations to the primary group and removes those that were revoked. Who is new is left for
   * later, until its grace is over: see `addsDueAtNs`.
   */
  async refreshMembers(signal?: AbortSignal): Promise<MembersRefreshed> {
    const { members } = await this.#refreshed(this.#ended(signal));
    return members;
  }

  /** When a refresh can add those whom the last one left for later, in nanoseconds since the Unix epoch. */
  get addsDueAtNs(): bigint | undefined {
    return this.#groups.addsDueAtNs;
  }

  /** Who reads what is sent now, by the group alone; nobody before `ensure`. */
  get members(): readonly InstallationId[] {
    const members = this.#groups.newest()?.members() ?? [];
    return members.map(({ installationId }) => installationId);
  }

  /**
   * Says something to the other installations, once the group's members are those of the inbox.
   * Resolves when the node has it; fails with a `retryable` error when the node is out of reach: what was encrypted
   * by then stays in the outbox and goes out with the next sync.
   */
  async send(
    content: DeviceSyncContent["content"],
    signal?: AbortSignal,
  ): Promise<MessageId> {
    if (content.case === undefined) {
      throw new SyncGroupError(
        "invalid-content",
        "expected something to say, got nothing",
      );
    }
    const ended = this.#ended(signal);
    const { group } = await this.#refreshed(ended);
    const sealed = wrapContent(content, group.id, this.#newSentAtNs());
    await group.send(sealed.plaintext, { id: sealed.id, signal: ended });
    return sealed.id;
  }

  /** What nobody has handled yet, of all sync groups and one's own too, oldest first. */
  async pending(): Promise<readonly DeviceSyncMessage[]> {
    const pending: DeviceSyncMessage[] = [];
    for (const group of this.#groups.all()) {
      pending.push(...(await readMessages(group, this.#ports)));
    }
    return pending.sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
  }

  /** Forgets a message for good, with the keys in it. */
  async markHandled(
    message: Pick<DeviceSyncMessage, "groupId" | "sequence">,
  ): Promise<void> {
    await this.#installation.group(message.groupId)?.markHandled([message]);
  }

  /**
   * Yields once at the start and whenever the node has news for this installation, each time after a sync. Comes back
   * by itself when the connection breaks; ends when the signal aborts or on `close`.
   */
  follow(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    const { deliveryService, clock, log } = this.#ports;
    return followNews({
      sync: (ended) => this.sync(ended),
      positions: () => this.#topics.positions(),
      topicsChanged: () => this.#topics.changed,
      ended: this.#ended(signal),
      deliveryService,
      clock,
      log,
    });
  }

  /** Ends what goes on; what is stored stays. */
  async close(): Promise<void> {
    this.#closing.abort(new DOMException("closed", "AbortError"));
    await this.#ensuring;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ensure({
    graceMs = defaultGraceMs,
    signal,
  }: EnsureOptions): Promise<void> {
    const ended = this.#ended(signal);
    await this.sync(ended);
    if (!this.#groups.isInOne()) {
      const { installations } = await knownInstallations(this.#groups.inbox);
      if (installations.length > 1) await this.#awaitWelcome(graceMs, ended);
    }
    const primary = this.#groups.isInOne()
      ? await this.#groups.primary()
      : await this.#groups.make();
    this.#topics.notice();
    // The first commit lifts the creator to its real sequence id, even when there is nobody to add.
    if (primary.epoch === 0n) await this.#refreshed(ended);
  }

  async #refreshed(signal: AbortSignal): Promise<RefreshedGroup> {
    // A new installation may have made a group for all, which is the one to write to then.
    await this.#syncWelcomes(signal);
    try {
      return await this.#groups.refreshed(signal);
    } finally {
      this.#topics.notice();
    }
  }

  #awaitWelcome(graceMs: number, ended: AbortSignal): Promise<void> {
    const awaited = {
      ...this.#ports,
      position: this.#topics.welcomePosition(),
      take: async (signal: AbortSignal) => {
        await this.#syncWelcomes(signal);
        return this.#groups.isInOne();
      },
    };
    return awaitWelcome(awaited, graceMs, ended);
  }

  /** A group that waits for a later release keeps the others from nothing. */
  async #syncGroup(group: MlsGroup, signal: AbortSignal): Promise<void> {
    try {
      await group.sync(signal);
    } catch (error) {
      if (!(error instanceof MlsGroupError) || !isPaused(error)) throw error;
      this.#ports.log("sync-group.paused", { group: group.id });
    }
  }

  /** What keeps another group from being made now keeps nobody from reading. */
  async #replaceBroken(signal: AbortSignal): Promise<void> {
    if (!this.#groups.needsAnother()) return;
    try {
      await this.#refreshed(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HistorySyncError)) throw error;
      this.#ports.log("sync-group.not-replaced", { code: error.code });
    }
  }

  async #syncWelcomes(signal: AbortSignal): Promise<void> {
    const joined = await this.#installation.syncWelcomes(signal);
    this.#topics.notice();
    for (const group of joined) {
      const { log } = this.#ports;
      const event = isSyncGroupOnlyOf(group, this.inboxId)
        ? "sync-group.joined"
        : "sync-group.refused";
      log(event, { group: group.id, members: group.members().length });
    }
  }

  /** Two messages of one installation never bear the same time: it is part of their id. */
  #newSentAtNs(): bigint {
    const now = nowNs(this.#ports.clock);
    const next = this.#lastSentAtNs + 1n;
    this.#lastSentAtNs = now > next ? now : next;
    return this.#lastSentAtNs;
  }

  #ended(signal: AbortSignal | undefined): AbortSignal {
    const closing = this.#closing.signal;
    return signal ? AbortSignal.any([signal, closing]) : closing;
  }
}
