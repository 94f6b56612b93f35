import { isSyncGroupOf } from "@history-sync/mls-group/xmtp";
import type { GroupId } from "@history-sync/primitives";
import type { ClientContext } from "../context.js";
import { type Standing, standingOf } from "../groups/dm-groups.js";
import type { Ledger } from "../messages/ledger.js";
import { Turns } from "../work/turns.js";

export interface WelcomesHandlers {
  /** Groups came, left or came back. */
  readonly onGroups: () => void;
  /** One of them is a sync group: a new installation of the user's makes one for all of them. */
  readonly onSyncGroup: () => void;
  /** The Welcomes that waited were taken, if there were any. */
  readonly onTaken: () => void;
}

/** Joins the groups that others add this installation to. */
export class Welcomes {
  readonly #context: ClientContext;
  readonly #ledger: Ledger;
  readonly #handlers: WelcomesHandlers;
  readonly #turns: Turns<"welcomes"> = new Turns();
  /** Of each group that was looked at. */
  readonly #seen = new Map<GroupId, Standing>();

  constructor(
    context: ClientContext,
    ledger: Ledger,
    handlers: WelcomesHandlers,
  ) {
    this.#context = context;
    this.#ledger = ledger;
    this.#handlers = handlers;
  }

  take(signal: AbortSignal): Promise<void> {
    return this.#turns.run("welcomes", async () => {
      await this.#context.installation.syncWelcomes(signal);
      await this.notice();
      this.#handlers.onTaken();
    });
  }

  /** Looks at the groups whose state has changed, whichever part of the client took their Welcomes. */
  async notice(): Promise<void> {
    const { installation, inbox } = this.#context;
    const changed = installation
      .groups()
      .filter((group) => this.#seen.get(group.id) !== standingOf(group));
    for (const group of changed) {
      await this.#ledger.takeIn(group);
      this.#seen.set(group.id, standingOf(group));
    }
    const { onGroups, onSyncGroup } = this.#handlers;
    if (changed.length > 0) onGroups();
    if (changed.some(({ extensions }) => isSyncGroupOf(extensions, inbox.id))) {
      onSyncGroup();
    }
  }
}
