import { Mutex } from "@history-sync/async";
import {
  type DeliveryService,
  type MlsGroup,
  MlsGroupError,
  type MlsInstallation,
} from "@history-sync/mls-group";
import {
  type Clock,
  HistorySyncError,
  type Logger,
} from "@history-sync/primitives";
import { awaitWelcome } from "./await-welcome.js";
import type { OwnSyncGroups, RefreshedGroup } from "./own-sync-groups.js";
import { isPaused, isSyncGroupOnlyOf } from "./primary-group.js";
import { knownInstallations } from "./refresh-members.js";
import type { Topics } from "./topics.js";

export interface MembershipPorts {
  readonly deliveryService: DeliveryService;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Keeps this installation in a sync group, and the primary group's members equal to the inbox's installations. */
export class Membership {
  readonly #installation: MlsInstallation;
  readonly #groups: OwnSyncGroups;
  readonly #topics: Topics;
  readonly #ports: MembershipPorts;
  readonly #ensuring = new Mutex();

  constructor(
    installation: MlsInstallation,
    groups: OwnSyncGroups,
    topics: Topics,
    ports: MembershipPorts,
  ) {
    this.#installation = installation;
    this.#groups = groups;
    this.#topics = topics;
    this.#ports = ports;
  }

  /** Joins groups by pending Welcomes, receives from every sync group, and replaces the newest one if it is broken. */
  async sync(signal: AbortSignal): Promise<void> {
    await this.#syncWelcomes(signal);
    for (const group of this.#groups.all()) {
      await this.#syncGroup(group, signal);
    }
    await this.#replaceBroken(signal);
  }

  /** Waits up to `graceMs` to be added to a sync group, then creates one with all installations of the inbox. */
  ensure(graceMs: number, signal: AbortSignal): Promise<void> {
    return this.#ensuring.run(() => this.#ensure(graceMs, signal));
  }

  /** Updates the members of the primary group. */
  async refreshed(signal: AbortSignal): Promise<RefreshedGroup> {
    // A new installation may have created a group for all, which is the primary one then.
    await this.#syncWelcomes(signal);
    try {
      return await this.#groups.refreshed(signal);
    } finally {
      this.#topics.notice();
    }
  }

  /** Resolves when no `ensure` is in progress. */
  async settled(): Promise<void> {
    await this.#ensuring.run(() => {});
  }

  async #ensure(graceMs: number, signal: AbortSignal): Promise<void> {
    await this.sync(signal);
    if (!this.#groups.isInOne()) {
      const { installations } = await knownInstallations(this.#groups.inbox);
      if (installations.length > 1) await this.#awaitWelcome(graceMs, signal);
    }
    const primary = this.#groups.isInOne()
      ? await this.#groups.primary()
      : await this.#groups.make();
    this.#topics.notice();
    // The first commit sets the creator's real sequence id, even when there is no installation to add.
    if (primary.epoch === 0n) await this.refreshed(signal);
  }

  #awaitWelcome(graceMs: number, ended: AbortSignal): Promise<void> {
    const awaited = {
      ...this.#ports,
      position: this.#topics.welcomePosition(),
      handle: async (signal: AbortSignal) => {
        await this.#syncWelcomes(signal);
        return this.#groups.isInOne();
      },
    };
    return awaitWelcome(awaited, graceMs, ended);
  }

  /** A group that is paused until a later release doesn't keep the others from being read. */
  async #syncGroup(group: MlsGroup, signal: AbortSignal): Promise<void> {
    try {
      await group.sync(signal);
    } catch (error) {
      if (!(error instanceof MlsGroupError) || !isPaused(error)) throw error;
      this.#ports.log("sync-group.paused", { group: group.id });
    }
  }

  /** A failure to create another group doesn't keep messages from being read. */
  async #replaceBroken(signal: AbortSignal): Promise<void> {
    if (!this.#groups.needsAnother()) return;
    try {
      await this.refreshed(signal);
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
      const { inboxId } = this.#groups.inbox;
      const event = isSyncGroupOnlyOf(group, inboxId)
        ? "sync-group.joined"
        : "sync-group.refused";
      log(event, { group: group.id, members: group.members().length });
    }
  }
}
