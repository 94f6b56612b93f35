import type { RequestBook } from "./request-book.js";
import type { Stage, SyncRequest } from "./sync-request.js";

type Preparing = Extract<Stage, { readonly name: "preparing" }>;

/** A request whose archive is being made: what is found out on the way is kept, one thing after the other. */
export class PreparingRequest {
  readonly #book: RequestBook;
  #request: SyncRequest;
  #stage: Preparing;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(request: SyncRequest, stage: Preparing, book: RequestBook) {
    this.#request = request;
    this.#stage = stage;
    this.#book = book;
  }

  get request(): SyncRequest {
    return this.#request;
  }

  get stage(): Preparing {
    return this.#stage;
  }

  async note(found: Omit<Preparing, "name">): Promise<void> {
    await this.#next(() => ({ ...this.#stage, ...found }));
  }

  /** Nothing of the upload that was begun is of use; the archive is, where it is kept. */
  async beginAgain(): Promise<void> {
    if (!this.#stage.begun) return;
    await this.#next(() => {
      const { begun: _, ...rest } = this.#stage;
      return rest;
    });
  }

  /** Nothing of an earlier try is of use. */
  async makeAnew(): Promise<void> {
    const { begun, spooled } = this.#stage;
    if (begun || spooled) await this.#next(() => ({ name: "preparing" }));
  }

  /** The archive is on the server. */
  enter(stage: Stage): Promise<SyncRequest> {
    return this.#book.enter(this.#request, stage);
  }

  #next(change: () => Preparing): Promise<void> {
    const changed = this.#turn.then(async () => {
      const stage = change();
      this.#request = await this.enter(stage);
      this.#stage = stage;
    });
    this.#turn = changed.catch(() => {});
    return changed;
  }
}
