import {
  exponentialWaits,
  Mutex,
  type RetryPolicy,
  retry,
} from "@history-sync/async";
import {
  type GroupId,
  type InstallationId,
  nowNs,
} from "@history-sync/primitives";
import type { Member } from "./authentication-service.js";
import type { GroupView } from "./engine/engine.js";
import { MlsGroupError } from "./errors.js";
import {
  compareClaim,
  type EpochClaim,
  type EpochComparison,
  suspected,
} from "./fork.js";
import type {
  Fork,
  GroupRecord,
  GroupStateChanges,
  InstallationRecord,
  Readded,
  ReceivedRecord,
} from "./group-state-store.js";
import { forgottenState, viewOf } from "./group-view.js";
import {
  keyUpdate,
  type MembershipChange,
  type MembershipChanged,
  type MembershipPlan,
  pendingCommit,
  planChange,
} from "./membership.js";
import {
  isOnItsWay,
  protectAgain,
  protectNew,
  type Sending,
  tooOld,
} from "./outbox.js";
import type { Extension } from "./parameters.js";
import { deliver, type MlsContext } from "./ports.js";
import { receiveAll } from "./receive-all.js";
import { takeOver } from "./rejoin.js";

// A commit loses only to one that counts, so that each round has a winner.
const maxCommitAttempts = 8;
// XMTP waits 50 to 150 ms between its rounds. Half of a wait is random, so that two members don't meet again.
const raceWaits = { firstMs: 50, growth: 2, maxMs: 1_000 };

// Publishing and receiving again ends as soon as nothing is on its way; a delivery service that shows nothing ends it too.
const maxSettleRounds = 4;

/**
 * A group that this installation is in. Every step is taken under one mutex: from the stored state, written in one
 * transaction before anything is published. A commit of one's own counts when it comes back first in its epoch.
 */
export class MlsGroup {
  readonly id: GroupId;
  readonly #self: Member;
  readonly #context: MlsContext;
  readonly #mutex = new Mutex();
  #record: GroupRecord;
  #view: GroupView;

  /** Made by MlsInstallation. */
  constructor(
    record: GroupRecord,
    view: GroupView,
    self: Member,
    context: MlsContext,
  ) {
    this.id = record.id;
    this.#record = record;
    this.#view = view;
    this.#self = self;
    this.#context = context;
  }

  /** When this installation made or joined the group, by its own clock. */
  get createdAtNs(): bigint {
    return this.#record.createdAtNs;
  }

  get epoch(): bigint {
    return this.#record.epoch;
  }

  /** The last entry of the group's topic that was processed. */
  get cursor(): bigint {
    return this.#record.cursor;
  }

  /** False once this installation was removed or forgot the group: it neither sends nor receives then. */
  get active(): boolean {
    return this.#record.active;
  }

  /**
   * Set while this installation may be on another branch of the group than the others. Another member heals that with
   * `changeMembers({ readd: [this one's id] })`. Until then messages of its own are sent, and kept to be sent again.
   */
  get fork(): Fork | undefined {
    return this.#record.fork;
  }

  /** Who added this installation, by the Welcome's signature; undefined where it made the group itself. */
  get addedBy(): Member | undefined {
    return this.#record.addedBy;
  }

  /** When a member was last removed and added by one commit, as far as this installation has seen it. */
  readded(id: InstallationId): Readded | undefined {
    return this.#record.readded?.find(
      ({ installationId }) => installationId === id,
    );
  }

  /** The same bytes for all who are in this epoch of the same group (RFC 9420 section 8.7). */
  get epochAuthenticator(): Uint8Array {
    return this.#view.epochAuthenticator;
  }

  get extensions(): readonly Extension[] {
    return this.#view.extensions;
  }

  members(): readonly Member[] {
    return this.#view.members;
  }

  /** Application messages that nobody has handled yet, one's own too, in the group's order. */
  received(): Promise<readonly ReceivedRecord[]> {
    return this.#context.store.received(this.id);
  }

  /** Forgets messages for good, their plaintext included. */
  async markHandled(
    messages: readonly Pick<ReceivedRecord, "sequence">[],
  ): Promise<void> {
    const handled = messages.map(({ sequence }) => ({
      groupId: this.id,
      sequence,
    }));
    await this.#context.store.commit({ handled });
  }

  /** Takes in what the group's topic has, then resends what is still on its way. */
  sync(signal?: AbortSignal): Promise<void> {
    return this.#mutex.run(async () => {
      await this.#reload();
      await this.#settle(signal);
    }, signal);
  }

  /**
   * Sends an application message; resolves once the delivery service has it. A commit that renews this installation's
   * keys goes before it when that is due.
   * If that fails the message stays in the outbox and goes out with the next sync, once. `id` names it there; to send
   * the same id again while it is there changes nothing.
   */
  send(
    plaintext: Uint8Array,
    options: Sending & { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const { id, signal } = options;
    return this.#mutex.run(async () => {
      const { store, engine } = this.#context;
      await this.#reload();
      await this.#receive(signal);
      this.#expectActive();
      const outbox = await store.outbox(this.id);
      if (id === undefined || outbox.every((row) => row.id !== id)) {
        await this.#renewKeys(signal);
        this.#expectActive();
        const { record, row } = await protectNew(
          plaintext,
          options,
          this.#record,
          engine,
        );
        await this.#write(record, { groups: [record], outbox: [row] });
      }
      await this.#settle(signal);
    }, signal);
  }

  /**
   * Adds and removes members and replaces the group's extensions, all in one commit; resolves when the change counts.
   */
  changeMembers(
    change: MembershipChange,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<MembershipChanged> {
    const { signal } = options;
    return this.#mutex.run(async () => {
      await this.#reload();
      return this.#commit(
        () => planChange(change, this.#view, this.#context, signal),
        signal,
      );
    }, signal);
  }

  /**
   * Compares this epoch with what another member says of its own. The claim has to be that member's for sure: such as
   * one that came in another group. When they differ, one of both is on another branch of the group, and `fork` is set.
   */
  compareEpoch(claim: EpochClaim): Promise<EpochComparison> {
    return this.#mutex.run(async () => {
      await this.#reload();
      const { epochAuthenticator: authenticator, epoch } = this.#view;
      const comparison = compareClaim(claim, { epoch, authenticator });
      if (comparison === "different" && this.active) {
        const reason = "epoch-authenticator";
        const record = suspected(this.#record, reason, this.#context);
        await this.#write(record, { groups: [record] });
      }
      return comparison;
    });
  }

  /**
   * Called by MlsInstallation: takes the group over as a Welcome gives it, if this installation isn't a member any more
   * or may be on another branch; `installation` is written with it. What its present state can still read is taken in
   * before. Messages on their way are encrypted again: what was sent before may come twice, and nothing is lost.
   */
  rejoin(
    joined: GroupRecord,
    installation: InstallationRecord,
    signal?: AbortSignal,
  ): Promise<boolean> {
    return this.#mutex.run(async () => {
      await this.#reload();
      await this.#receive(signal);
      const taken = await takeOver(joined, this.#record, this.#context);
      if (!taken) {
        await this.#context.store.commit({ installation });
        return false;
      }
      await this.#write(taken.record, { ...taken.changes, installation });
      // On another branch it may have been in an epoch of the same number.
      this.#view = await viewOf(taken.record, this.#context.engine);
      return true;
    }, signal);
  }

  /**
   * Ends the group on this installation, and wipes its keys and messages. Nobody is told: MLS lets no member commit its
   * own removal. Until another member removes this one, it stays in their list. Whoever adds it again later brings it back.
   */
  forget(): Promise<void> {
    return this.#mutex.run(async () => {
      const { store } = this.#context;
      await this.#reload();
      const { pending: _, fork: __, ...rest } = this.#record;
      const record = {
        ...rest,
        state: forgottenState(rest.state),
        active: false,
      };
      await this.#write(record, {
        groups: [record],
        outboxDone: await store.outbox(this.id),
        heldDone: await store.held(this.id),
        handled: await store.received(this.id),
      });
      this.#view = await viewOf(record, this.#context.engine);
    });
  }

  /** A renewal is put off when it can't be had now: to send comes first. */
  async #renewKeys(signal: AbortSignal | undefined): Promise<void> {
    const { clock, keyUpdateIntervalMs, log } = this.#context;
    const ageNs = nowNs(clock) - this.#record.keysRenewedAtNs;
    if (Number(ageNs / 1_000_000n) <= keyUpdateIntervalMs) return;
    try {
      await this.#commit(async () => keyUpdate, signal);
    } catch (error) {
      if (!(error instanceof MlsGroupError) || !error.retryable) throw error;
      log("group.keys-not-renewed", { group: this.id, code: error.code });
    }
  }

  /** Commits until a commit counts. Plans and makes it again on the new state whenever another one came first. */
  #commit(
    plan: () => Promise<MembershipPlan>,
    signal: AbortSignal | undefined,
  ): Promise<MembershipChanged> {
    const { clock } = this.#context;
    return retry(() => this.#commitOnce(plan, signal), this.#raceRetries(), {
      clock,
      signal,
    });
  }

  /** The winner of the first race is done: the second attempt follows at once. */
  #raceRetries(): RetryPolicy {
    const jitter = { fraction: 0.5, randomBytes: this.#context.randomBytes };
    const maxRetries = maxCommitAttempts - 1;
    const waits = exponentialWaits({ ...raceWaits, maxRetries, jitter });
    return {
      waitMs: (lost) => (lost === 1 ? 0 : waits(lost)),
      isRetryable: (error) =>
        error instanceof MlsGroupError && error.code === "commit-lost",
    };
  }

  async #commitOnce(
    plan: () => Promise<MembershipPlan>,
    signal: AbortSignal | undefined,
  ): Promise<MembershipChanged> {
    await this.#settle(signal);
    this.#expectActive();
    if (this.#record.pending) {
      throw new MlsGroupError(
        "commit-undecided",
        `expected the commit of epoch ${this.#record.epoch} in the group's topic, got nothing behind ${this.#record.cursor}`,
        { retryable: true },
      );
    }
    const { isEmpty, intent, outcome } = await plan();
    if (isEmpty) return outcome;
    const { engine } = this.#context;
    const pending = await pendingCommit(intent, this.#record, engine);
    const record = { ...this.#record, pending };
    await this.#write(record, { groups: [record] });
    if (await this.#settle(signal)) return outcome;
    throw new MlsGroupError(
      "commit-lost",
      `expected a commit to come first in one of ${maxCommitAttempts} epochs, got other members' each time`,
      { retryable: true },
    );
  }

  /** Receives and publishes until nothing is on its way; tells whether a commit of one's own came to count. */
  async #settle(signal: AbortSignal | undefined): Promise<boolean> {
    let committed = false;
    for (let round = 0; round < maxSettleRounds; round++) {
      committed = (await this.#receive(signal)) || committed;
      if (!(await this.#publish(signal))) break;
    }
    return committed;
  }

  /**
   * Takes in what stands behind the cursor, then sends the Welcomes of commits that have come to count; tells whether
   * there was one.
   */
  async #receive(signal: AbortSignal | undefined): Promise<boolean> {
    const committed = await receiveAll(
      this.#record,
      (record, changes) => this.#write(record, changes),
      this.#self,
      this.#context,
      signal,
    );
    await this.#sendWelcomes(signal);
    return committed;
  }

  /** Even after this installation was removed: nobody else has what lets those in whom it added. */
  async #sendWelcomes(signal: AbortSignal | undefined): Promise<void> {
    const { deliveryService } = this.#context;
    const { welcomes } = this.#record;
    if (welcomes.length === 0) return;
    await deliver(
      () => deliveryService.sendWelcomes(welcomes, { signal }),
      signal,
    );
    const record = { ...this.#record, welcomes: [] };
    await this.#write(record, { groups: [record] });
  }

  /** Sends what the delivery service may not have yet; tells whether something will come back. */
  async #publish(signal: AbortSignal | undefined): Promise<boolean> {
    const { store, deliveryService, engine } = this.#context;
    if (!this.#record.active) return false;
    const send = (message: Uint8Array, shouldPush: boolean) => {
      const options = { shouldPush, signal };
      return deliver(
        () => deliveryService.sendGroupMessage(this.id, message, options),
        signal,
      );
    };
    const outbox = (await store.outbox(this.id)).filter(isOnItsWay);
    for (let row of outbox) {
      if (tooOld(row.epoch, this.#record.epoch)) {
        const anew = await protectAgain(row, this.#record, engine);
        row = anew.row;
        await this.#write(anew.record, {
          groups: [anew.record],
          outbox: [row],
        });
      }
      await send(row.message, row.shouldPush);
    }
    const { pending } = this.#record;
    if (pending) await send(pending.message, false);
    return outbox.length > 0 || pending !== undefined;
  }

  async #write(record: GroupRecord, changes: GroupStateChanges): Promise<void> {
    await this.#context.store.commit(changes);
    await this.#adopt(record);
  }

  /** The store is what counts: memory may be ahead of it when a transaction failed. */
  async #reload(): Promise<void> {
    const record = await this.#context.store.group(this.id);
    if (record) await this.#adopt(record);
  }

  async #adopt(record: GroupRecord): Promise<void> {
    const isNewEpoch =
      record.epoch !== this.#record.epoch ||
      record.active !== this.#record.active;
    if (isNewEpoch) this.#view = await viewOf(record, this.#context.engine);
    this.#record = record;
  }

  #expectActive(): void {
    if (this.#record.active) return;
    throw new MlsGroupError(
      "not-a-member",
      `expected to be a member in epoch ${this.#record.epoch}, got removed`,
    );
  }
}
