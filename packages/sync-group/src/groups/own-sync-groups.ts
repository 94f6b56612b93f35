import type { MlsGroup, MlsInstallation } from "@history-sync/mls-group";
import { newSyncGroupExtensions } from "@history-sync/mls-group/xmtp";
import {
  type Clock,
  type GroupId,
  type InboxId,
  type InstallationId,
  type Logger,
  nowNs,
  type RandomBytes,
} from "@history-sync/primitives";
import { SyncGroupError } from "../errors.js";
import type { InstallationSource } from "../installations/installation-source.js";
import { Newcomers } from "./newcomers.js";
import {
  isBeyondRepair,
  isSyncGroupOnlyOf,
  mayReplace,
  newestFirst,
} from "./primary-group.js";
import {
  type InboxView,
  knownInstallations,
  type MembersRefreshed,
  refreshMembers,
} from "./refresh-members.js";

interface OwnGroupsPorts {
  readonly installations: InstallationSource;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
}

/** A group after its members were updated to those of the inbox, and the changes that this took. */
export interface RefreshedGroup {
  readonly group: MlsGroup;
  readonly members: MembersRefreshed;
}

// Each round excludes one group, and at most one is created to replace them.
const maxGroupsTried = 8;

/** The sync groups of an inbox that this installation is in, and which of them it sends to. */
export class OwnSyncGroups {
  readonly inbox: InboxView;
  readonly #installation: MlsInstallation;
  readonly #ports: OwnGroupsPorts;
  /** By group, the epoch in which its members couldn't be changed. */
  readonly #broken = new Map<GroupId, bigint>();
  readonly #newcomers: Newcomers;
  #addsDueAtNs: bigint | undefined;
  #making: Promise<MlsGroup> | undefined;

  constructor(
    installation: MlsInstallation,
    inboxId: InboxId,
    ports: OwnGroupsPorts,
    newcomerGraceMs: number,
  ) {
    this.#installation = installation;
    this.#ports = ports;
    this.#newcomers = new Newcomers(ports.clock, newcomerGraceMs);
    this.inbox = {
      inboxId,
      installationId: installation.id,
      source: ports.installations,
    };
  }

  /** Returns all of them, including those that it was removed from. */
  all(): readonly MlsGroup[] {
    return this.#installation
      .groups()
      .filter((group) => isSyncGroupOnlyOf(group, this.inbox.inboxId));
  }

  /** When a refresh can add the installations that the last one deferred, in nanoseconds since the Unix epoch. */
  get addsDueAtNs(): bigint | undefined {
    return this.#addsDueAtNs;
  }

  isInOne(): boolean {
    return this.newest() !== undefined;
  }

  newest(): MlsGroup | undefined {
    return newestFirst(this.all())[0];
  }

  /** Creates a group with this installation as its only member. Concurrent calls share one group. */
  make(): Promise<MlsGroup> {
    this.#making ??= this.#create().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  /**
   * Returns the group to send to: the newest, or a new one if that is broken, or the newest intact one if the newest was
   * created within the last hour.
   *
   * @throws {SyncGroupError} `no-sync-group`, `broken-group`
   */
  async primary(): Promise<MlsGroup> {
    const groups = newestFirst(this.all());
    const [newest] = groups;
    if (newest === undefined) {
      throw new SyncGroupError(
        "no-sync-group",
        "expected to be in a sync group, got none; call ensure first",
      );
    }
    if (this.#isReplaceable(newest)) return this.make();
    const sound = groups.find((group) => !this.#isBroken(group));
    if (sound) return sound;
    throw new SyncGroupError(
      "broken-group",
      `expected a group that works, got ${groups.length} broken ones`,
      { retryable: true },
    );
  }

  /** Updates the primary group's members to those of the inbox, and returns it. */
  async refreshed(signal: AbortSignal): Promise<RefreshedGroup> {
    let tried = 0;
    for (;;) {
      const group = await this.primary();
      try {
        const members = await this.#refresh(group, signal);
        return { group, members };
      } catch (error) {
        if (!isBeyondRepair(error) || ++tried >= maxGroupsTried) throw error;
        this.#broken.set(group.id, group.epoch);
        const { code } = error;
        this.#ports.log("sync-group.broken", { group: group.id, code });
      }
    }
  }

  async #refresh(
    group: MlsGroup,
    signal: AbortSignal,
  ): Promise<MembersRefreshed> {
    let dueAtNs: bigint | undefined;
    const isEarly = (missing: readonly InstallationId[]) => {
      dueAtNs = this.#newcomers.notice(missing);
      return dueAtNs !== undefined;
    };
    const members = await refreshMembers(group, this.inbox, isEarly, signal);
    this.#addsDueAtNs = members.deferred.length > 0 ? dueAtNs : undefined;
    return members;
  }

  /** True if the newest group is broken, and old enough to be replaced. */
  needsAnother(): boolean {
    const newest = this.newest();
    return newest !== undefined && this.#isReplaceable(newest);
  }

  #isReplaceable(newest: MlsGroup): boolean {
    const now = nowNs(this.#ports.clock);
    return this.#isBroken(newest) && mayReplace(newest, now);
  }

  #isBroken({ id, epoch, fork }: MlsGroup): boolean {
    return fork !== undefined || this.#broken.get(id) === epoch;
  }

  async #create(): Promise<MlsGroup> {
    const { randomBytes, log } = this.#ports;
    await knownInstallations(this.inbox);
    const extensions = newSyncGroupExtensions(this.inbox.inboxId, {
      randomBytes,
    });
    const group = await this.#installation.createGroup({ extensions });
    log("sync-group.created", { group: group.id });
    return group;
  }
}
