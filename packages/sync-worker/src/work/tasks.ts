/** Runs work in the background, one at a time under each name. */
export class Tasks {
  readonly #stopping: AbortSignal;
  readonly #afterEach: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #running = new Map<string, Task>();

  /** A task ends when `afterEach`, which is called after its work, has ended. */
  constructor(
    stopping: AbortSignal,
    afterEach: () => Promise<void>,
    onError: (error: unknown) => void,
  ) {
    this.#stopping = stopping;
    this.#afterEach = afterEach;
    this.#onError = onError;
  }

  /** Returns true while a task of that name runs. */
  has(name: string): boolean {
    return this.#running.has(name);
  }

  /** The number of running tasks. */
  get size(): number {
    return this.#running.size;
  }

  /** Aborts the task of that name, and starts the work when it has ended. */
  replace(name: string, work: (signal: AbortSignal) => Promise<void>): void {
    this.stop(name);
    void this.#start(name, work);
  }

  /**
   * The work begins when what runs under the name has ended by itself; resolves when it has ended too. Never rejects: a
   * failure goes to `onError`, so that callers need not wait.
   */
  chain(
    name: string,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    return this.#start(name, work);
  }

  /** Aborts the task of that name. */
  stop(name: string): void {
    this.#running.get(name)?.abort.abort();
  }

  /** Resolves when the tasks that run now have ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #start(
    name: string,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const before = this.#running.get(name)?.done ?? Promise.resolve();
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, this.#stopping]);
    const done = before
      .then(() => (signal.aborted ? undefined : work(signal)))
      .then(() => this.#afterEach())
      .catch((error: unknown) => {
        if (!signal.aborted) this.#onError(error);
      })
      .finally(() => {
        if (this.#running.get(name) === task) this.#running.delete(name);
      });
    const task = { abort, done };
    this.#running.set(name, task);
    return done;
  }
}

interface Task {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}
