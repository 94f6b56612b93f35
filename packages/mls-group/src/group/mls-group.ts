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
import { rejoinedGroup } from "./rejoin.js";
import { StoredGroup } from "./stored-group.js";

/**
 * A group that this installation is in. Every step runs under one mutex: it starts from the stored state and is
 * stored in one transaction before anything is published. An own commit counts when it comes back as the first of its
 * epoch.
 */
export class MlsGroup {
  readonly id: GroupId;
  readonly #context: MlsContext;
  readonly #group: StoredGroup;
  readonly #exchange: Exchange;
  readonly #mutex = new Mutex();

  /** Is called by `MlsInstallation` only. */
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

  /** The time at which this installation created or joined the group, by its own clock. */
  get createdAtNs(): bigint {
    return this.#group.record.createdAtNs;
  }

  get epoch(): bigint {
    return this.#group.record.epoch;
  }

  /** The id of the last entry of the group's topic that was processed. */
  get cursor(): bigint {
    return this.#group.record.cursor;
  }

  /** False after this installation was removed or has forgotten the group. It neither sends nor receives then. */
  get active(): boolean {
    return this.#group.record.active;
  }

  /**
   * Is set while this installation may be on another branch of the group than the others. Another member heals that
   * with `changeMembers({ readd: [id of this installation] })`. Until then own messages are sent, and kept to be sent
   * again.
   */
  get fork(): Fork | undefined {
    return this.#group.record.fork;
  }

  /** The member that added this installation, by the Welcome's signature; undefined if it has created the group. */
  get addedBy(): Member | undefined {
    return this.#group.record.addedBy;
  }

  /** Returns when a member was last re-added, as far as this installation has seen it. */
  readded(id: InstallationId): Readded | undefined {
    return this.#group.record.readded?.find(
      ({ installationId }) => installationId === id,
    );
  }

  /**
   * A secret of the epoch: the same bytes for all members that are in this epoch of the same group (RFC 9420 section
   * 8.7).
   */
  get epochAuthenticator(): Uint8Array {
    return this.#group.view.epochAuthenticator;
  }

  get extensions(): readonly Extension[] {
    return this.#group.view.extensions;
  }

  members(): readonly Member[] {
    return this.#group.view.members;
  }

  /** Returns the application messages that haven't been handled yet, own ones too, in the group's order. */
  received(): Promise<readonly ReceivedRecord[]> {
    return this.#context.store.received(this.id);
  }

  /** Deletes messages, their plaintext included. */
  async markHandled(
    messages: readonly Pick<ReceivedRecord, "sequence">[],
  ): Promise<void> {
    const handled = messages.map(({ sequence }) => ({
      groupId: this.id,
      sequence,
    }));
    await this.#context.store.commit({ handled });
  }

  /** Receives the new entries of the group's topic, then sends again what is still pending. */
  sync(signal?: AbortSignal): Promise<void> {
    return this.#mutex.run(async () => {
      await this.#group.reload();
      await settle(this.#exchange, signal);
    }, signal);
  }

  /**
   * Sends an application message. Resolves once the delivery service has it. A commit that renews this installation's
   * keys goes before it when that is due.
   *
   * After an error the message stays in the outbox and goes out with the next sync, once. `id` names it there: to
   * send the same id again while it is there changes nothing.
   *
   * @throws {MlsGroupError} `not-a-member`, `delivery-failed`
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
   * Adds and removes members and replaces the group's extensions, all in one commit. Resolves when the change counts.
   *
   * @throws {MlsGroupError} `not-a-member`, `commit-undecided`, `commit-lost`, `refused-commit`, `delivery-failed`
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
   * Compares this epoch with another member's claim about its own. The claim must be authentic, such as one that came
   * in another group. If they differ, one of both is on another branch of the group, and `fork` is set.
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
   * Is called by `MlsInstallation` only: replaces the group by the one that a Welcome offers, if this installation
   * isn't a member any more or may be on another branch. `installation` is stored with it. Before that, the present
   * state reads what it still can. Pending messages are encrypted again: what was sent before may arrive twice, and
   * nothing is lost. Returns false if the group stays as it is.
   */
  rejoin(
    joined: GroupRecord,
    installation: InstallationRecord,
    signal?: AbortSignal,
  ): Promise<boolean> {
    return this.#mutex.run(async () => {
      await this.#group.reload();
      await receiveNew(this.#exchange, signal);
      const rejoined = await rejoinedGroup(
        joined,
        this.#group.record,
        this.#context,
      );
      if (!rejoined) {
        await this.#context.store.commit({ installation });
        return false;
      }
      await this.#group.replace(rejoined.record, {
        ...rejoined.changes,
        installation,
      });
      return true;
    }, signal);
  }

  /**
   * Ends the group on this installation, and wipes its keys and messages. Nothing is sent: MLS lets no member commit
   * its own removal. Until another member removes this one, it stays in their list. A member that adds it again later
   * brings the group back.
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
