import { expiryOf, liveArchives } from "./archives.js";
import { tellDeclines } from "./decline.js";
import { deleteUploads } from "./delete-uploads.js";
import { dueOf } from "./due.js";
import { codeOf, SyncWorkerError } from "./errors.js";
import { forgetSpooled, spooledIn, sweepSpool } from "./forget-spooled.js";
import { giveUp } from "./give-up.js";
import type { Move } from "./moves.js";
import type { WorkerContext } from "./ports.js";
import { isRetryable } from "./retry.js";
import { steps } from "./steps.js";
import type { Stage, SyncRequest } from "./sync-request.js";
import { Tasks } from "./tasks.js";
import { Timers } from "./timers.js";

/** Does what requests call for: at once, when their time comes, or when the node is back. */
export class RequestRunner implements Move {
  readonly tasks: Tasks;
  readonly #context: WorkerContext;
  readonly #timers: Timers;
  readonly #waiting = new Set<string>();
  readonly #stalled = new Set<string>();

  constructor(
    context: WorkerContext,
    stopping: AbortSignal,
    afterEach: () => Promise<void>,
    onLost: (error: unknown) => void,
  ) {
    this.#context = context;
    this.#timers = new Timers(context.clock, stopping);
    this.tasks = new Tasks(stopping, afterEach, (error) => {
      context.log("sync-worker.failed", { code: codeOf(error) });
      const passes = error instanceof SyncWorkerError || isRetryable(error);
      if (!passes) onLost(error);
    });
    context.book.onChange = (request, before) => {
      this.#watch(request);
      const spooled = spooledIn(before);
      if (spooled !== spooledIn(request)) this.#forgetSpooled(spooled);
    };
  }

  /** Takes up all requests, after a restart. */
  async takeUp(): Promise<void> {
    await sweepSpool(this.#context);
    for (const request of await this.#context.book.list()) {
      this.#watch(request);
      this.#waiting.add(request.id);
    }
    await this.watchArchives();
    await this.startWaiting();
  }

  async to(request: SyncRequest, stage: Stage): Promise<void> {
    const { id } = await this.#context.book.enter(request, stage);
    await this.restart(id);
  }

  async restart(id: string): Promise<void> {
    this.tasks.stop(id);
    this.#waiting.add(id);
  }

  /** Takes up again what failed for want of the node, and still is where it was. */
  retryStalled(): void {
    for (const id of this.#stalled) this.#waiting.add(id);
    this.#stalled.clear();
  }

  /** Starts what was moved since the last call. */
  async startWaiting(): Promise<void> {
    const ids = [...this.#waiting];
    this.#waiting.clear();
    let untold = false;
    for (const id of ids) {
      const request = await this.#context.book.get(id);
      if (!request) continue;
      const { stage } = request;
      untold ||= stage.name === "declined" && !stage.told;
      const isDone = stage.name === "cancelled" && stage.told;
      if (isDone || !steps[stage.name]) continue;
      this.tasks.replace(id, (signal) => this.#goOn(request, signal));
    }
    if (untold) this.#tellDeclines();
  }

  /** Forgets keys of archives when these expire. */
  async watchArchives(): Promise<void> {
    const expiries = (await liveArchives(this.#context)).map(expiryOf);
    const [next] = expiries.sort((a, b) => (a < b ? -1 : 1));
    if (next === undefined) return;
    this.#timers.set("archives", next, () => {
      void this.tasks.chain("archives", () => this.watchArchives());
    });
  }

  async #goOn(request: SyncRequest, signal: AbortSignal): Promise<void> {
    const { book } = this.#context;
    try {
      await steps[request.stage.name]?.(request, this.#context, signal);
    } catch (error) {
      const isOver =
        signal.aborted ||
        (error instanceof SyncWorkerError && error.code === "moved-on");
      const current = isOver ? undefined : await book.get(request.id);
      if (!current) return;
      this.#context.log("sync-request.step-failed", {
        stage: current.stage.name,
        code: codeOf(error),
      });
      await giveUp(current, error, this.#context, this, signal);
      // What failed in itself waits for the next start: tried at every news, it would make news of its own.
      if (isRetryable(error)) this.#stalled.add(request.id);
    }
  }

  #tellDeclines(): void {
    void this.tasks.chain("declines", async (signal) => {
      try {
        await tellDeclines(this.#context, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#context.log("sync-request.not-told", { code: codeOf(error) });
      }
    });
  }

  #watch(request: SyncRequest): void {
    this.#watchTime(request);
    const { id, uploadsToDelete } = request;
    if (uploadsToDelete.length === 0) return;
    // On its own: the request goes on, whether or not the history server is in reach.
    void this.tasks.chain(`delete ${id}`, (signal) =>
      deleteUploads(id, this.#context, signal),
    );
  }

  #forgetSpooled(id: string | undefined): void {
    if (id === undefined) return;
    void this.tasks.chain("spool", () => forgetSpooled(id, this.#context));
  }

  #watchTime(request: SyncRequest): void {
    const due = dueOf(request);
    if (!due) {
      this.#timers.clear(request.id);
      return;
    }
    this.#timers.set(request.id, due.atNs, () => {
      void this.tasks.chain(`due ${request.id}`, () => this.#meetTime(request));
    });
  }

  async #meetTime({ id, stage }: SyncRequest): Promise<void> {
    const { book } = this.#context;
    const current = await book.get(id);
    const due = current && dueOf(current);
    if (due && current.stage === stage) await this.to(current, due.stage);
  }
}
