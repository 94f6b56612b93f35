import type { ConversationContext } from "../conversations/context.js";
import type { Background } from "../work/background.js";
import { healForks } from "./heal-forks.js";

const everyMs = 60 * 60 * 1_000;

/** Asks for help with forks of one's own, and helps others with theirs, behind the scenes. */
export class Healing {
  readonly #context: ConversationContext;
  readonly #background: Background;
  #following: Promise<void> = Promise.resolve();

  constructor(context: ConversationContext, background: Background) {
    this.#context = context;
    this.#background = background;
  }

  /** Until the client closes. */
  start(): void {
    this.#following = this.#nowAndThen();
  }

  wake(): void {
    this.#background.again("heal-forks", () => healForks(this.#context));
  }

  /** Once the client has begun to close. */
  ended(): Promise<void> {
    return this.#following;
  }

  /** What isn't due yet, or failed, is tried again when nothing else happens. */
  async #nowAndThen(): Promise<void> {
    const { clock, closing } = this.#context;
    while (!closing.aborted) {
      this.wake();
      await clock.sleep(everyMs, closing).catch(() => {});
    }
  }
}
