import { isKeyDue, refreshMembers } from "./hmac-key.js";
import type { WorkerContext } from "./ports.js";
import type { PreferenceTeller } from "./preference-teller.js";
import { withRetries } from "./retry.js";
import type { Tasks } from "./tasks.js";
import { Timers } from "./timers.js";

const name = "members";

/** Keeps the sync group's members those of the inbox, and the HMAC key theirs. */
export class MemberKeeper {
  readonly #context: WorkerContext;
  readonly #tasks: Tasks;
  readonly #preferences: PreferenceTeller;
  readonly #timers: Timers;
  readonly #stopping: AbortSignal;
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(
    context: WorkerContext,
    tasks: Tasks,
    preferences: PreferenceTeller,
    stopping: AbortSignal,
  ) {
    this.#context = context;
    this.#tasks = tasks;
    this.#preferences = preferences;
    this.#timers = new Timers(context.clock, stopping);
    this.#stopping = stopping;
  }

  /**
   * Looks at the inbox now. One look at a time, so that two don't make a key each; who comes during a look shares the next
   * one with whoever else does, since this one may have passed over what they know of.
   */
  refresh(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const next = this.#last.then(() => {
      this.#next = undefined;
      return this.#look();
    });
    this.#next = next;
    this.#last = next.catch(() => {});
    return next;
  }

  /** Goes on behind the caller: others may have changed the members, or a message of one's own shown who is new. */
  handleNews(): void {
    this.#lookAgain();
    void this.#tasks.chain(name, async (signal) => {
      if (await isKeyDue(this.#context)) await this.#refreshLater(signal);
    });
  }

  async #look(): Promise<void> {
    await refreshMembers(this.#context, this.#stopping);
    this.#lookAgain();
    await this.#preferences.tell();
  }

  #lookAgain(): void {
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
