import type { Client } from "@history-sync/client";
import type { Stage, SyncUpdate } from "@history-sync/sync-worker";

type Progress = Extract<SyncUpdate, { type: "progress" }>;

/** How long the story waits for the other side before it calls that a failure. */
const patienceMs = 60_000;

/** Follows one installation's history sync from its updates. */
export class SyncWatch {
  readonly #client: Client;
  readonly #stages = new Map<Stage["name"], number>();
  readonly #signal = AbortSignal.timeout(patienceMs);
  #wake: () => void = () => {};
  archiveBytes = 0;

  constructor(client: Client, onProgress: (progress: Progress) => void) {
    this.#client = client;
    // Ends with the client.
    void this.#follow(client.history.updates(), onProgress);
  }

  /** When the installation's request entered the stage, in milliseconds of `performance.now()`. */
  async reached(stage: Stage["name"]): Promise<number> {
    await this.#until(async () => {
      if (this.#stages.has("failed")) throw new Error(await this.#failure());
      return this.#stages.has(stage);
    }, stage);
    return this.#stages.get(stage) ?? Number.NaN;
  }

  /** Looks again after every update until the condition holds. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    await this.#until(holds, what);
  }

  async #until(holds: () => Promise<boolean>, what: string): Promise<void> {
    while (true) {
      const changed = new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        this.#signal.onabort = () =>
          reject(new Error(`waited ${patienceMs} ms in vain for: ${what}`));
      });
      if (await holds()) return;
      await changed;
    }
  }

  async #follow(
    updates: AsyncIterable<SyncUpdate>,
    onProgress: (progress: Progress) => void,
  ): Promise<void> {
    for await (const update of updates) {
      if (update.type === "stage") {
        this.#stages.set(update.request.stage.name, performance.now());
      }
      if (update.type === "progress") {
        this.archiveBytes = update.bytes;
        onProgress(update);
      }
      this.#wake();
    }
  }

  async #failure(): Promise<string> {
    for (const { stage } of await this.#client.history.requests()) {
      if (stage.name === "failed") return `a request failed: ${stage.reason}`;
    }
    return "a request failed";
  }
}
