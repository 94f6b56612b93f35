import type {
  DeliveryService,
  GroupStateStore,
  MlsInstallation,
} from "@history-sync/mls-group";
import {
  type Clock,
  type InboxId,
  type InstallationId,
  type Logger,
  type MessageId,
  nowNs,
  type RandomBytes,
} from "@history-sync/primitives";
import type { DeviceSyncContent } from "@history-sync/proto/device-sync";
import { SyncGroupError } from "./errors.js";
import { followNews } from "./follow.js";
import { Membership } from "./groups/membership.js";
import { OwnSyncGroups } from "./groups/own-sync-groups.js";
import type { MembersRefreshed } from "./groups/refresh-members.js";
import { Topics } from "./groups/topics.js";
import type { InstallationSource } from "./installations/installation-source.js";
import {
  type DeviceSyncMessage,
  wrapContent,
} from "./messages/device-sync-message.js";
import { readMessages } from "./messages/read-messages.js";

/** The services of the sync groups, which own none of them. */
export interface SyncGroupPorts {
  readonly deliveryService: DeliveryService;
  readonly store: GroupStateStore;
  readonly installations: InstallationSource;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
}

/** How `ensure` waits for another installation before it creates a group. */
export interface EnsureOptions {
  /** How long other installations may take to add this one before it creates a group. Default: 0, in milliseconds. */
  readonly graceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

// As XMTP's installations do, which don't add a new installation to their group at once.
const defaultGraceMs = 0;

/**
 * The sync groups of an inbox, as one of its installations sees them. Messages are received from all of them and sent to
 * the primary one: the newest that this installation created or joined.
 */
export class SyncGroups implements AsyncDisposable {
  readonly inboxId: InboxId;
  readonly #installation: MlsInstallation;
  readonly #ports: SyncGroupPorts;
  readonly #groups: OwnSyncGroups;
  readonly #topics: Topics;
  readonly #membership: Membership;
  readonly #closing = new AbortController();
  #lastSentAtNs = 0n;

  /** Called by `openSyncGroups`. */
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
    this.#membership = new Membership(
      installation,
      this.#groups,
      this.#topics,
      ports,
    );
  }

  get installationId(): InstallationId {
    return this.#installation.id;
  }

  /**
   * Joins groups by pending Welcomes, then receives from every sync group. If the newest one turns out to be broken, a new
   * one with all installations replaces it.
   */
  async sync(signal?: AbortSignal): Promise<void> {
    await this.#membership.sync(this.#ended(signal));
  }

  /**
   * Ensures that this installation is in a sync group: one that another installation adds it to, or a new one with all
   * installations of the inbox.
   */
  async ensure(options: EnsureOptions = {}): Promise<void> {
    const { graceMs = defaultGraceMs, signal } = options;
    await this.#membership.ensure(graceMs, this.#ended(signal));
  }

  /**
   * Adds the inbox's new installations to the primary group and removes revoked ones. A new installation is added only
   * after its grace period: see `addsDueAtNs`.
   */
  async refreshMembers(signal?: AbortSignal): Promise<MembersRefreshed> {
    const ended = this.#ended(signal);
    const { members } = await this.#membership.refreshed(ended);
    return members;
  }

  /** When a refresh can add the installations that the last one deferred, in nanoseconds since the Unix epoch. */
  get addsDueAtNs(): bigint | undefined {
    return this.#groups.addsDueAtNs;
  }

  /** The installations that can read a message sent now; none before `ensure`. */
  get members(): readonly InstallationId[] {
    const members = this.#groups.newest()?.members() ?? [];
    return members.map(({ installationId }) => installationId);
  }

  /**
   * Sends a device-sync message to the primary group after its members have been updated. Resolves when the node has it;
   * rejects with a retryable error when the node is unreachable. A message that was encrypted by then stays in the outbox,
   * and the next sync sends it.
   *
   * @throws {SyncGroupError} `invalid-content`, `no-sync-group`, `broken-group`, `stale-installations`, `not-in-inbox`
   */
  async send(
    content: DeviceSyncContent["content"],
    signal?: AbortSignal,
  ): Promise<MessageId> {
    if (content.case === undefined) {
      throw new SyncGroupError(
        "invalid-content",
        "expected a device-sync message, got one without content",
      );
    }
    const ended = this.#ended(signal);
    const { group } = await this.#membership.refreshed(ended);
    const sealed = wrapContent(content, group.id, this.#newSentAtNs());
    await group.send(sealed.plaintext, { id: sealed.id, signal: ended });
    return sealed.id;
  }

  /** Returns unhandled messages of all sync groups, this installation's included, oldest first. */
  async pending(): Promise<readonly DeviceSyncMessage[]> {
    const pending: DeviceSyncMessage[] = [];
    for (const group of this.#groups.all()) {
      pending.push(...(await readMessages(group, this.#ports)));
    }
    return pending.sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
  }

  /** Deletes a message, with the keys in it. */
  async markHandled(
    message: Pick<DeviceSyncMessage, "groupId" | "sequence">,
  ): Promise<void> {
    await this.#installation.group(message.groupId)?.markHandled([message]);
  }

  /**
   * Yields once at the start and whenever the node has new messages for this installation, each time after a sync.
   * Ends when the signal aborts or on `close`.
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

  /** Aborts all work. The store stays open. */
  async close(): Promise<void> {
    this.#closing.abort(new DOMException("closed", "AbortError"));
    await this.#membership.settled();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** No two messages of an installation have the same time, because it is part of their id. */
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
