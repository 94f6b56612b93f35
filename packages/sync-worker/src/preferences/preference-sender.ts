import type { WorkerContext } from "../context/ports.js";
import {
  type Send,
  sendOnce,
  sendToInstallations,
} from "../context/send-to-installations.js";
import { codeOf } from "../errors.js";
import type { Tasks } from "../work/tasks.js";
import { sendPreferences } from "./preference-outbox.js";

const retrying = "preferences retry";

/** Sends changed preferences to the other installations, at once or when the node can be reached. */
export class PreferenceSender {
  readonly #context: Pick<
    WorkerContext,
    "clock" | "log" | "requests" | "syncGroups"
  >;
  readonly #tasks: Tasks;

  constructor(
    context: Pick<WorkerContext, "clock" | "log" | "requests" | "syncGroups">,
    tasks: Tasks,
  ) {
    this.#context = context;
    this.#tasks = tasks;
  }

  /** Resolves when the changes were sent, or when the first attempt has failed: retries follow in the background. */
  async send(): Promise<void> {
    // The running retry sends whatever is stored by then.
    if (this.#tasks.has(retrying)) return;
    await this.#tasks.chain("preferences", async (signal) => {
      if (await this.#sent(sendOnce, signal)) return;
      this.#tasks.replace(retrying, async (later) => {
        await this.#sent(sendToInstallations, later);
      });
    });
  }

  async #sent(send: Send, signal: AbortSignal): Promise<boolean> {
    try {
      await sendPreferences(send, this.#context, signal);
      return true;
    } catch (error) {
      if (!signal.aborted) {
        this.#context.log("preferences.not-sent", { code: codeOf(error) });
      }
      return false;
    }
  }
}
