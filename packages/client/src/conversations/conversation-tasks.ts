import type {
  Finding,
  InstallationWatcher,
} from "@history-sync/installation-watcher";
import type { GroupId } from "@history-sync/primitives";
import { healRegularly } from "../forks/heal-forks.js";
import type { Ledger } from "../messages/ledger.js";
import { followTopics, type LiveParts } from "../sync/live.js";
import { codeOf } from "../work/background.js";

export interface ConversationTasksParts extends LiveParts {
  readonly ledger: Ledger;
  readonly watcher: InstallationWatcher<GroupId, Finding>;
  /** Starts healing forks in the background. */
  readonly heal: () => void;
  /** Starts updating the user's own installations in all conversations, in the background. */
  readonly updateOwnInstallations: () => void;
  /** Aborts when the client closes. */
  readonly closing: AbortSignal;
}

/** The work for conversations that runs in the background as long as the client is open. */
export class ConversationTasks {
  readonly #parts: ConversationTasksParts;
  #following: Promise<void> = Promise.resolve();
  #healing: Promise<void> = Promise.resolve();

  constructor(parts: ConversationTasksParts) {
    this.#parts = parts;
  }

  /** Resumes work that a crash interrupted, and connects to the node. */
  async start(): Promise<void> {
    const { welcomes, ledger, closing, heal, log } = this.#parts;
    await welcomes.recordChanges();
    this.updateOwnInstallations();
    this.#healing = healRegularly(heal, this.#parts);
    this.#following = followTopics(this.#parts, closing).catch(
      (error: unknown) => {
        log("conversations.stopped", { code: codeOf(error) });
        ledger.endStreams();
      },
    );
  }

  /** Adds the user's own new installations to all conversations and removes revoked ones, in the background. */
  updateOwnInstallations(): void {
    this.#parts.updateOwnInstallations();
  }

  /** Resolves when all work has ended. Must be called after `closing` has aborted. */
  async close(): Promise<void> {
    const { watcher, ledger } = this.#parts;
    await watcher.close();
    await this.#following;
    await this.#healing;
    ledger.endStreams();
  }
}
