import { codeOf } from "./errors.js";
import type { WorkerContext } from "./ports.js";
import { tellPreferences } from "./preference-outbox.js";
import { say, sayOnce } from "./say.js";
import type { Tasks } from "./tasks.js";

const again = "preferences again";

/** Tells the other installations of changed preferences, now or when they are in reach. */
export class PreferenceTeller {
  readonly #context: WorkerContext;
  readonly #tasks: Tasks;

  constructor(context: WorkerContext, tasks: Tasks) {
    this.#context = context;
    this.#tasks = tasks;
  }

  /** Resolves when the others know, or the first try has failed: then it goes on by itself. */
  async tell(): Promise<void> {
    // It tells whatever there is by then.
    if (this.#tasks.has(again)) return;
    await this.#tasks.chain("preferences", async (signal) => {
      if (await this.#told(sayOnce, signal)) return;
      this.#tasks.replace(again, async (later) => {
        await this.#told(say, later);
      });
    });
  }

  async #told(send: typeof say, signal: AbortSignal): Promise<boolean> {
    try {
      await tellPreferences(send, this.#context, signal);
      return true;
    } catch (error) {
      if (!signal.aborted) {
        this.#context.log("preferences.not-told", { code: codeOf(error) });
      }
      return false;
    }
  }
}
