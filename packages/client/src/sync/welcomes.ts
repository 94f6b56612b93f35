import { Mutex } from "@history-sync/async";
import { isSyncGroupOf } from "@history-sync/mls-group/xmtp";
import type { GroupId } from "@history-sync/primitives";
import type { ClientContext } from "../context.js";
import { type MembershipStatus, statusOf } from "../groups/dm-groups.js";
import type { Receiver } from "../messages/receiver.js";

export interface WelcomesHandlers {
  /** Called when this installation was added to groups, or removed from them. */
  readonly onGroups: () => void;
  /** Called when one of them is a sync group: a new installation of the user creates one for all installations. */
  readonly onSyncGroup: () => void;
  /** Called after each fetch of Welcomes. */
  readonly onHandled: () => void;
}

/** Joins the groups that other installations add this one to. */
export class Welcomes {
  readonly #context: Pick<ClientContext, "installation" | "inboxId">;
  readonly #receiver: Receiver;
  readonly #handlers: WelcomesHandlers;
  readonly #turns: Mutex = new Mutex();
  /** By group, as of the last call of `recordChanges`. */
  readonly #seen = new Map<GroupId, MembershipStatus>();

  constructor(
    context: Pick<ClientContext, "installation" | "inboxId">,
    receiver: Receiver,
    handlers: WelcomesHandlers,
  ) {
    this.#context = context;
    this.#receiver = receiver;
    this.#handlers = handlers;
  }

  /** Fetches and joins by all pending Welcomes. */
  handle(signal: AbortSignal): Promise<void> {
    return this.#turns.run(async () => {
      await this.#context.installation.syncWelcomes(signal);
      await this.recordChanges();
      this.#handlers.onHandled();
    });
  }

  /** Records the groups that were joined or left, also those with Welcomes that another part of the client handled. */
  async recordChanges(): Promise<void> {
    const { installation, inboxId } = this.#context;
    const changed = installation
      .groups()
      .filter((group) => this.#seen.get(group.id) !== statusOf(group));
    for (const group of changed) {
      await this.#receiver.record(group);
      this.#seen.set(group.id, statusOf(group));
    }
    const { onGroups, onSyncGroup } = this.#handlers;
    if (changed.length > 0) onGroups();
    if (changed.some(({ extensions }) => isSyncGroupOf(extensions, inboxId))) {
      onSyncGroup();
    }
  }
}
