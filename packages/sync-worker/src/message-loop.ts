import { handleMessage } from "./handle-message.js";
import type { WorkerContext } from "./ports.js";
import { forgetOldRequests } from "./prune.js";
import type { RequestRunner } from "./request-runner.js";

/** Handles what the sync groups have: one message after the other, in their order, whoever asks for it. */
export class MessageLoop {
  readonly #context: WorkerContext;
  readonly #runner: RequestRunner;
  #turn: Promise<void> = Promise.resolve();

  constructor(context: WorkerContext, runner: RequestRunner) {
    this.#context = context;
    this.#runner = runner;
  }

  /** Handles what waits, then starts what that calls for: the last message may say that somebody else does it. */
  handleAndStart(): Promise<void> {
    return this.#next(async () => {
      await this.#handlePending();
      await this.#runner.startWaiting();
    });
  }

  handle(): Promise<void> {
    return this.#next(() => this.#handlePending());
  }

  /** Resolves when what is being handled is handled. */
  async ended(): Promise<void> {
    await this.#turn;
  }

  #next(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #handlePending(): Promise<void> {
    const { syncGroups } = this.#context;
    const kinds = new Set<string>();
    for (const message of await syncGroups.pending()) {
      await handleMessage(message, this.#context, this.#runner);
      await syncGroups.markHandled(message);
      kinds.add(message.content.case);
    }
    if (kinds.has("reply")) await this.#runner.watchArchives();
    if (kinds.has("request")) await forgetOldRequests(this.#context);
  }
}
