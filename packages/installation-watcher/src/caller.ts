import type { Reason } from "./verdict.js";

/** A call that waits for its answer. Only the first answer counts; the call's own signal may come before it. */
export class Caller<Answer> {
  readonly reason: Reason;
  readonly answer: Promise<Answer>;
  readonly #signal: AbortSignal | undefined;
  readonly #leave = (): void => this.reject(this.#signal?.reason);
  #resolve: (answer: Answer) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #waiting = true;

  constructor(reason: Reason, signal: AbortSignal | undefined) {
    this.reason = reason;
    this.#signal = signal;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal?.addEventListener("abort", this.#leave, { once: true });
  }

  get waiting(): boolean {
    return this.#waiting;
  }

  resolve(answer: Answer): void {
    this.#end();
    this.#resolve(answer);
  }

  reject(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.#waiting = false;
    this.#signal?.removeEventListener("abort", this.#leave);
  }
}
