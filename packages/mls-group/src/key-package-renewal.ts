import { nowNs } from "@history-sync/primitives";
import { MlsGroupError } from "./errors.js";
import type { GroupStateStore } from "./group-state-store.js";
import { renewalDueNs } from "./key-packages.js";
import type { MlsContext } from "./ports.js";

// Timers don't reach as far as 30 days, and a machine may sleep.
const longestSleepMs = 60 * 60 * 1000;

// When the delivery service is out of reach.
const retryMs = 60_000;

/** Waits for the key package to become due, whatever moves that time. */
export class RenewalTimer {
  readonly #context: MlsContext;
  #moved = new AbortController();

  constructor(context: MlsContext) {
    this.#context = context;
  }

  /** To be called when a Welcome brought the time forward. */
  moved(): void {
    this.#moved.abort();
    this.#moved = new AbortController();
  }

  /** Calls `renew` whenever it is time, until the signal aborts. What may be tried again is tried again. */
  async run(
    renew: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, log } = this.#context;
    while (!signal.aborted) {
      const woken = AbortSignal.any([signal, this.#moved.signal]);
      let waitMs: number;
      try {
        await renew(signal);
        waitMs = await this.#waitMs();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof MlsGroupError) || !error.retryable) throw error;
        log("key-package.not-renewed", { code: error.code });
        waitMs = retryMs;
      }
      await clock.sleep(waitMs, woken).catch(() => {});
    }
  }

  async #waitMs(): Promise<number> {
    const { store, clock } = this.#context;
    const dueNs = await dueAt(store);
    const waitNs = (dueNs ?? 0n) - nowNs(clock);
    const waitMs = Number(waitNs / 1_000_000n) + 1;
    return Math.min(Math.max(waitMs, 1), longestSleepMs);
  }
}

async function dueAt(store: GroupStateStore): Promise<bigint | undefined> {
  const installation = await store.installation();
  return installation && renewalDueNs(installation, await store.keyPackages());
}
