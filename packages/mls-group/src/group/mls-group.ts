import { Mutex } from "@history-sync/async";
import type { GroupId, InstallationId } from "@history-sync/primitives";
import type { MlsContext } from "../context.js";
import type { GroupView } from "../engine/engine.js";
import type { Extension } from "../parameters.js";
import type { Member } from "../ports/authentication-service.js";
import type {
  Fork,
  GroupRecord,
  InstallationRecord,
  Readded,
  ReceivedRecord,
} from "../ports/group-state-store.js";
import {
  compareClaim,
  type EpochClaim,
  type EpochComparison,
  suspected,
} from "../receiving/fork.js";
import {
  type MembershipChange,
  type MembershipChanged,
  planChange,
} from "../sending/membership.js";
import { protectNew, type Sending } from "../sending/outbox.js";
import { commit, renewKeys } from "./commit.js";
import { type Exchange, receiveNew, settle } from "./exchange.js";
import { forgottenState } from "./group-view.js";
import { takeOver } from "./rejoin.js";
import { StoredGroup } from "./stored-group.js";

/**
 * A group that this installation is in. Every step is taken under one mutex: from the stored state, written in one
 * transaction before anything is published. A commit of one's own counts when it comes back first in its epoch.
 */
export class MlsGroup {
  readonly id: GroupId;
  readonly #context: MlsContext;
  readonly #group: StoredGroup;
  readonly #exchange: Exchange;
  readonly #mutex = new Mutex();

  /** Made by MlsInstallation. */
  constructor(
    record: GroupRecord,
    view: GroupView,
    self: Member,
    context: MlsContext,
  ) {
    this.id = record.id;
    this.#context = context;
    this.#group = new StoredGroup(record, view, context);
    this.#exchange = { group: this.#group, self, context };
  }

  /** When this installation made or joined the group, by its own clock. */
  get createdAtNs(): bigint {
    return this.#group.record.createdAtNs;
  }

  get epoch(): bigint {
    return this.#group.record.epoch;
  }

  /** The last entry of the group's topic that was processed. */
  get cursor(): bigint {
    return this.#group.record.cursor;
  }

  /** False once this installation was removed or forgot the group: it neither sends nor receives then. */
  get active(): boolean {
    return this.#group.record.active;
  }

  /**
   * Set while this installation may be on another branch of the group than the others. Another member heals that with
   * `changeMembers({ readd: [this one's id] })`. Until then messages of its own are sent, and kept to be sent again.
   */
  get fork(): Fork | undefined {
    return this.#group.record.fork;
  }

  /** Who added this installation, by the Welcome's signature; undefined where it made the group itself. */
  get addedBy(): Member | undefined {
    return this.#group.record.addedBy;
  }

  /** When a member was last removed and added by one commit, as far as this installation has seen it. */
  readded(id: InstallationId): Readded | undefined {
    return this.#group.record.readded?.find(
      ({ installationId }) => installationId === id,
    );
  }

  /** The same bytes for all who are in this epoch of the same group (RFC 9420 section 8.7). */
  get epochAuthenticator(): Uint8Array {
    return this.#group.view.epochAuthenticator;
  }

  get extensions(): readonly Extension[] {
    return this.#group.view.extensions;
  }

  members(): readonly Member[] {
    return this.#group.view.members;
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
      await this.#group.reload();
      await settle(this.#exchange, signal);
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
      await this.#group.reload();
      await receiveNew(this.#exchange, signal);
      this.#group.expectActive();
      const outbox = await store.outbox(this.id);
      if (id === undefined || outbox.every((row) => row.id !== id)) {
        await renewKeys(this.#exchange, signal);
        this.#group.expectActive();
        const { record, row } = await protectNew(
          plaintext,
          options,
          this.#group.record,
          engine,
        );
        await this.#group.write(record, { groups: [record], outbox: [row] });
      }
      await settle(this.#exchange, signal);
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
      await this.#group.reload();
      return commit(
        () => planChange(change, this.#group.view, this.#context, signal),
        this.#exchange,
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
      await this.#group.reload();
      const { epochAuthenticator: authenticator, epoch } = this.#group.view;
      const comparison = compareClaim(claim, { epoch, authenticator });
      if (comparison === "different" && this.active) {
        const reason = "epoch-authenticator";
        const record = suspected(this.#group.record, reason, this.#context);
        await this.#group.write(record, { groups: [record] });
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
      await this.#group.reload();
      await receiveNew(this.#exchange, signal);
      const taken = await takeOver(joined, this.#group.record, this.#context);
      if (!taken) {
        await this.#context.store.commit({ installation });
        return false;
      }
      await this.#group.replace(taken.record, {
        ...taken.changes,
        installation,
      });
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
      await this.#group.reload();
      const { pending: _, fork: __, ...rest } = this.#group.record;
      const record = {
        ...rest,
        state: forgottenState(rest.state),
        active: false,
      };
      await this.#group.replace(record, {
        groups: [record],
        outboxDone: await store.outbox(this.id),
        heldDone: await store.held(this.id),
        handled: await store.received(this.id),
      });
    });
  }
}
