import type { Clock } from "@history-sync/primitives";
import { isRefusedRedirect, redirected } from "./answer-errors.js";
import { HistoryClientError } from "./errors.js";

export interface TransferLimits {
  /** The longest wait for a sign of life from the server. */
  readonly idleTimeoutMs: number;
  /** The longest duration of the whole. */
  readonly transferTimeoutMs: number;
}

/**
 * One exchange with a server under its deadlines. `signal` ends it: the caller's abort, a server that is silent too long,
 * or a transfer that takes too long; `failure` then says which.
 */
export class Transfer {
  readonly #clock: Clock;
  readonly #server: string;
  readonly #idleTimeoutMs: number;
  readonly #abort = new AbortController();
  readonly #caller: AbortSignal | undefined;
  #idle = new AbortController();
  readonly #whole = new AbortController();

  constructor(
    clock: Clock,
    server: string,
    { idleTimeoutMs, transferTimeoutMs }: TransferLimits,
    caller: AbortSignal | undefined,
  ) {
    this.#clock = clock;
    this.#server = server;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#caller = caller;
    caller?.addEventListener("abort", this.#onCallerAbort, { once: true });
    if (caller?.aborted) this.#onCallerAbort();
    this.#endAfter(transferTimeoutMs, "the whole transfer", this.#whole.signal);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Restarts the server's idle time-out: from now on the server has to act. `extraMs` is for work that the client can't see. */
  serverTurn(extraMs = 0): void {
    this.ownTurn();
    if (this.signal.aborted) return;
    this.#idle = new AbortController();
    const { signal } = this.#idle;
    this.#endAfter(this.#idleTimeoutMs + extraMs, "a sign of life", signal);
  }

  /** From now on our own side has to act; its slowness is not the server's. */
  ownTurn(): void {
    this.#idle.abort();
  }

  /** Stops the deadlines; what runs still is cut. */
  end(): void {
    this.ownTurn();
    this.#whole.abort();
    this.#caller?.removeEventListener("abort", this.#onCallerAbort);
    this.#abort.abort();
  }

  /** Returns the error to throw for one that was caught during the transfer: the reason that ended it, else `unreachable`. */
  failure(cause: unknown): unknown {
    if (this.signal.aborted) return this.signal.reason;
    if (cause instanceof HistoryClientError) return cause;
    if (isRefusedRedirect(cause)) return redirected(this.#server, { cause });
    return new HistoryClientError(
      "unreachable",
      `${this.#server}: no connection, or it broke`,
      { retryable: true, cause },
    );
  }

  readonly #onCallerAbort = (): void => {
    this.#abort.abort(this.#caller?.reason);
  };

  #endAfter(ms: number, what: string, stopped: AbortSignal): void {
    this.#clock.sleep(ms, stopped).then(
      () =>
        this.#abort.abort(
          new HistoryClientError(
            "deadline",
            `${this.#server}: expected ${what} within ${ms} ms`,
            { retryable: true },
          ),
        ),
      () => {},
    );
  }
}
