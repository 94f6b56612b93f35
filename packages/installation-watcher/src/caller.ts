import { InstallationWatcherError } from "./errors.js";
import type { Finding, Outcome } from "./installation-watcher.js";
import type { Reason, Verdict } from "./verdict.js";

/** A pending call of `check`. Only the first answer counts; the call's own signal may reject it before. */
export class Caller<Found extends Finding> {
  readonly reason: Reason;
  readonly answer: Promise<Outcome<Found>>;
  readonly #signal: AbortSignal | undefined;
  readonly #leave = (): void => this.reject(this.#signal?.reason);
  #resolve: (answer: Outcome<Found>) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #pending = true;

  constructor(reason: Reason, signal: AbortSignal | undefined) {
    this.reason = reason;
    this.#signal = signal;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal?.addEventListener("abort", this.#leave, { once: true });
  }

  get pending(): boolean {
    return this.#pending;
  }

  resolve(answer: Outcome<Found>): void {
    this.#end();
    this.#resolve(answer);
  }

  reject(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  /** Answers a call with another verdict than `check`. */
  decline(verdict: Exclude<Verdict, { readonly kind: "check" }>): void {
    if (verdict.kind === "cooling-down") {
      this.resolve(verdict);
      return;
    }
    const { againAtNs: retryAtNs, cause } = verdict;
    this.reject(
      new InstallationWatcherError(
        "backing-off",
        `expected a check, got none before ${retryAtNs} ns: the last one failed`,
        { retryable: true, cause, retryAtNs },
      ),
    );
  }

  #end(): void {
    this.#pending = false;
    this.#signal?.removeEventListener("abort", this.#leave);
  }
}
