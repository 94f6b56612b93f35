import {
  fixedWaits,
  type RetryPolicy,
  retry,
  sleepUntil,
} from "@history-sync/async";
import type { MlsContext } from "../context.js";
import { MlsGroupError } from "../errors.js";
import type { GroupStateStore } from "../ports/group-state-store.js";
import { renewalDueNs } from "./key-packages.js";

/** A renewal is tried again each minute while the delivery service can't be reached. */
const retries: RetryPolicy = {
  waitMs: fixedWaits([], 60_000),
  isRetryable: (error) => error instanceof MlsGroupError && error.retryable,
};

/** Renews the key package whenever it is due. */
export class RenewalTimer {
  readonly #context: MlsContext;
  #moved = new AbortController();

  constructor(context: MlsContext) {
    this.#context = context;
  }

  /** Reads the time again: a Welcome has brought it forward. */
  moved(): void {
    this.#moved.abort();
    this.#moved = new AbortController();
  }

  /**
   * Calls `renew` at once, and then whenever the key package is due, until `signal` aborts.
   *
   * @throws {MlsGroupError} the first error of `renew` that isn't retryable.
   */
  async run(
    renew: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, log, store } = this.#context;
    while (!signal.aborted) {
      const woken = AbortSignal.any([signal, this.#moved.signal]);
      try {
        await retry(() => renew(signal), retries, {
          clock,
          signal: woken,
          onRetry: (error) => log("key-package.not-renewed", codeOf(error)),
        });
        await sleepUntil(await dueAtNs(store), { clock, signal: woken });
      } catch (error) {
        if (signal.aborted) return;
        if (error !== woken.reason) throw error;
      }
    }
  }
}

function codeOf(error: unknown): { readonly code: string } {
  return { code: error instanceof MlsGroupError ? error.code : "none" };
}

async function dueAtNs(store: GroupStateStore): Promise<bigint> {
  const installation = await store.installation();
  if (installation === undefined) return 0n;
  return renewalDueNs(installation, await store.keyPackages()) ?? 0n;
}
