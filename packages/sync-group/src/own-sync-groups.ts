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
import { SyncGroupError } from "./errors.js";
import type { InstallationSource } from "./installation-source.js";
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

/** A group whose members are those of the inbox, and what that took. */
export interface RefreshedGroup {
  readonly group: MlsGroup;
  readonly members: MembersRefreshed;
}

// Each round rules one group out, and at most one is made in their place.
const maxGroupsTried = 8;

/** The sync groups of an inbox that this installation is in, and which of them it writes to. */
export class OwnSyncGroups {
  readonly inbox: InboxView;
  readonly #installation: MlsInstallation;
  readonly #ports: OwnGroupsPorts;
  /** Groups whose members couldn't be changed in that epoch. */
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

  /** Those that it was removed from are among them. */
  all(): readonly MlsGroup[] {
    return this.#installation
      .groups()
      .filter((group) => isSyncGroupOnlyOf(group, this.inbox.inboxId));
  }

  /** When a refresh can add those whom the last one left for later, in nanoseconds since the Unix epoch. */
  get addsDueAtNs(): bigint | undefined {
    return this.#addsDueAtNs;
  }

  isInOne(): boolean {
    return this.newest() !== undefined;
  }

  newest(): MlsGroup | undefined {
    return newestFirst(this.all())[0];
  }

  /** A new group of this installation alone; one for all who want it at the same time. */
  make(): Promise<MlsGroup> {
    this.#making ??= this.#create().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  /**
   * The group to write to: the newest. When that one can't be mended, a new one for all installations; if the newest
   * was made not long ago, the newest that can be mended.
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
      `expected a group that can be mended, got ${groups.length} that can't`,
      { retryable: true },
    );
  }

  /** The primary group, its members those of the inbox. */
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

  /** Whether the newest group can't be mended, and is old enough for another one. */
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
