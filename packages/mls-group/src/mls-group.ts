import {
  type GroupId,
  type InstallationId,
  toHex,
} from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Member } from "./authentication-service.js";
import type { GroupView } from "./engine/engine.js";
import { MlsGroupError } from "./errors.js";
import type {
  GroupRecord,
  GroupStateChanges,
  InstallationRecord,
  OutboxRecord,
  ReceivedRecord,
} from "./group-state-store.js";
import { Lock } from "./lock.js";
import {
  type MembershipChange,
  type MembershipChanged,
  pendingCommit,
  planChange,
} from "./membership.js";
import type { Extension } from "./parameters.js";
import { deliver, type MlsContext } from "./ports.js";
import { protectAgain, receive, tooOld } from "./receive.js";
import { entriesAfter } from "./topics.js";

// A race is lost only to a commit that counts, so that somebody gets on each time.
const maxCommitAttempts = 8;

// Publishing and receiving again ends as soon as nothing is on its way; a delivery service that shows nothing ends it too.
const maxSettleRounds = 4;

/**
 * A group that this installation is in. Every step is taken under one lock: from the stored state, written in one
 * transaction before anything is published. A commit of one's own counts when it comes back first in its epoch.
 */
export class MlsGroup {
  readonly id: GroupId;
  readonly #self: InstallationId;
  readonly #context: MlsContext;
  readonly #lock = new Lock();
  #record: GroupRecord;
  #view: GroupView;

  /** Made by MlsInstallation. */
  constructor(
    record: GroupRecord,
    view: GroupView,
    self: InstallationId,
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

  /** False once this installation was removed: it neither sends nor receives then. */
  get active(): boolean {
    return this.#record.active;
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
    return this.#lock.run(async () => {
      await this.#reload();
      await this.#settle(signal);
    });
  }

  /**
   * Sends an application message; resolves once the delivery service has it.
   * If that fails the message stays in the outbox and goes out with the next sync, once. `id` names it there; to send
   * the same id again while it is there changes nothing. Left out: the hash of the ciphertext.
   */
  send(
    plaintext: Uint8Array,
    options: { readonly id?: string; readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const { id, signal } = options;
    return this.#lock.run(async () => {
      await this.#reload();
      await this.#receive(signal);
      this.#expectActive();
      const outbox = await this.#context.store.outbox(this.id);
      if (id === undefined || outbox.every((row) => row.id !== id)) {
        await this.#enqueue(plaintext, id);
      }
      await this.#settle(signal);
    });
  }

  /**
   * Adds and removes members and replaces the group's extensions, all in one commit; resolves when the change counts.
   */
  changeMembers(
    change: MembershipChange,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<MembershipChanged> {
    return this.#lock.run(async () => {
      await this.#reload();
      return this.#change(change, options.signal);
    });
  }

  /**
   * Called by MlsInstallation: takes the group over as a Welcome gives it, unless it is further already;
   * `installation` is written with it.
   * Messages on their way are encrypted again: what was sent before may come twice, and nothing is lost.
   */
  rejoin(
    joined: GroupRecord,
    installation: InstallationRecord,
  ): Promise<boolean> {
    return this.#lock.run(async () => {
      const { store, engine } = this.#context;
      await this.#reload();
      if (this.#record.active && this.#record.epoch >= joined.epoch) {
        await store.commit({ installation });
        return false;
      }
      let record = joined;
      const outbox: OutboxRecord[] = [];
      for (const row of await store.outbox(this.id)) {
        const anew = await protectAgain(row, record, engine);
        record = anew.record;
        outbox.push(anew.row);
      }
      const changes = { groups: [record], outbox, installation };
      await this.#write(record, changes);
      return true;
    });
  }

  async #enqueue(plaintext: Uint8Array, id: string | undefined): Promise<void> {
    const { engine } = this.#context;
    const { state, message } = await engine.protect(
      this.#record.state,
      plaintext,
    );
    const hash = sha256(message);
    const row: OutboxRecord = {
      groupId: this.id,
      id: id ?? toHex(hash),
      epoch: this.#record.epoch,
      message,
      hash,
      plaintext,
    };
    const record = { ...this.#record, state };
    await this.#write(record, { groups: [record], outbox: [row] });
  }

  /** Commits until the change is made: anew on the new state, whenever another commit came first. */
  async #change(
    change: MembershipChange,
    signal: AbortSignal | undefined,
  ): Promise<MembershipChanged> {
    for (let attempt = 0; attempt < maxCommitAttempts; attempt++) {
      await this.#settle(signal);
      this.#expectActive();
      if (this.#record.pending) {
        throw new MlsGroupError(
          "commit-undecided",
          `expected the commit of epoch ${this.#record.epoch} in the group's topic, got nothing behind ${this.#record.cursor}`,
          { retryable: true },
        );
      }
      const plan = await planChange(change, this.#view, this.#context, signal);
      if (plan.isEmpty) return plan.outcome;
      const { engine } = this.#context;
      const pending = await pendingCommit(plan, this.#record, engine);
      const record = { ...this.#record, pending };
      await this.#write(record, { groups: [record] });
      if (await this.#settle(signal)) return plan.outcome;
    }
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

  /** Takes in what stands behind the cursor; tells whether a commit of one's own came to count. */
  async #receive(signal: AbortSignal | undefined): Promise<boolean> {
    const { store, log } = this.#context;
    const topic = { kind: "group", groupId: this.id } as const;
    let committed = false;
    if (!this.#record.active) return committed;
    let outbox = await store.outbox(this.id);
    const entries = entriesAfter(topic, this.cursor, this.#context, signal);
    for await (const entry of entries) {
      const step = await receive(
        entry,
        this.#record,
        outbox,
        this.#self,
        this.#context,
      );
      await this.#write(step.record, step.changes);
      if (step.event === "own-message") outbox = await store.outbox(this.id);
      if (step.event === "own-commit") committed = true;
      log("group.received", {
        group: this.id,
        sequence: entry.id,
        event: step.event,
        ...(step.code === undefined ? {} : { code: step.code }),
      });
      if (!step.record.active) break;
    }
    return committed;
  }

  /** Sends what the delivery service may not have yet; tells whether something will come back. */
  async #publish(signal: AbortSignal | undefined): Promise<boolean> {
    const { store, deliveryService, engine } = this.#context;
    if (!this.#record.active) return false;
    const send = (message: Uint8Array) =>
      deliver(
        () => deliveryService.sendGroupMessage(this.id, message, { signal }),
        signal,
      );
    const { welcomes } = this.#record;
    if (welcomes.length > 0) {
      await deliver(
        () => deliveryService.sendWelcomes(welcomes, { signal }),
        signal,
      );
      const record = { ...this.#record, welcomes: [] };
      await this.#write(record, { groups: [record] });
    }
    const outbox = await store.outbox(this.id);
    for (let row of outbox) {
      if (tooOld(row.epoch, this.#record.epoch)) {
        const anew = await protectAgain(row, this.#record, engine);
        row = anew.row;
        await this.#write(anew.record, {
          groups: [anew.record],
          outbox: [row],
        });
      }
      await send(row.message);
    }
    const { pending } = this.#record;
    if (pending) await send(pending.message);
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
    if (isNewEpoch) this.#view = await this.#context.engine.view(record.state);
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
