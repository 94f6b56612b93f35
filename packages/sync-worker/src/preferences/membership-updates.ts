import { coalesce } from "@history-sync/async";
import type { WorkerContext } from "../context/ports.js";
import { withRetries } from "../work/retry.js";
import type { Tasks } from "../work/tasks.js";
import { Timers } from "../work/timers.js";
import { isKeyDue, refreshMembers } from "./hmac-key.js";
import type { PreferenceSender } from "./preference-sender.js";

type MembershipPorts = Pick<
  WorkerContext,
  "clock" | "history" | "randomBytes" | "requests" | "syncGroups" | "updates"
>;

const name = "members";

/** Keeps the sync group's members those of the inbox, and the HMAC key known to them alone. */
export class MembershipUpdates {
  readonly #context: MembershipPorts;
  readonly #tasks: Tasks;
  readonly #timers: Timers;
  readonly #refresh: () => Promise<void>;

  constructor(
    context: MembershipPorts,
    tasks: Tasks,
    preferences: PreferenceSender,
    stopping: AbortSignal,
  ) {
    this.#context = context;
    this.#tasks = tasks;
    this.#timers = new Timers(context.clock, stopping);
    this.#refresh = coalesce(async () => {
      await refreshMembers(context, stopping);
      this.#scheduleAdds();
      await preferences.send();
    });
  }

  /**
   * Checks the inbox's installations now. Checks run one at a time, so that two don't create a key each. Calls during a
   * check share the next one, since the running one may have missed what they are about.
   */
  refresh(): Promise<void> {
    return this.#refresh();
  }

  /** Continues in the background after messages: they may have changed the members, or shown a new installation. */
  handleNews(): void {
    this.#scheduleAdds();
    void this.#tasks.chain(name, async (signal) => {
      if (await isKeyDue(this.#context)) await this.#refreshLater(signal);
    });
  }

  #scheduleAdds(): void {
    const { addsDueAtNs } = this.#context.syncGroups;
    if (addsDueAtNs === undefined) {
      this.#timers.clear(name);
      return;
    }
    this.#timers.set(name, addsDueAtNs, () => {
      void this.#tasks.chain(name, (signal) => this.#refreshLater(signal));
    });
  }

  #refreshLater(signal: AbortSignal): Promise<void> {
    return withRetries(this.#context.clock, signal, () => this.refresh());
  }
}
