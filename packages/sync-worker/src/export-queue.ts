/** Bounds what answering costs an installation: one export at a time. */
export class ExportQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs it when those before it have ended. */
  oneAtATime<Result>(
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const run = this.#last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.#last = run.catch(() => {});
    return run;
  }
}
