import type { MlsGroup } from "@history-sync/mls-group";
import { type DmGroups, statusOf } from "../groups/dm-groups.js";
import type { Ledger } from "./ledger.js";

/** Moves received messages of groups into the history. */
export class Receiver {
  readonly #ledger: Ledger;
  readonly #dmGroups: DmGroups;

  constructor(ledger: Ledger, dmGroups: DmGroups) {
    this.#ledger = ledger;
    this.#dmGroups = dmGroups;
  }

  /** Fetches a group's new messages and commits, then records them. */
  async receive(group: MlsGroup, signal: AbortSignal): Promise<void> {
    await group.sync(signal);
    await this.record(group);
  }

  /** Records a group's received messages and its current state. */
  async record(group: MlsGroup): Promise<void> {
    await this.#ledger.record(group, (key) =>
      key === group.id ? statusOf(group) : this.#dmGroups.status(key),
    );
  }
}
