import { Mutex } from "@history-sync/async";
import type { RequestBook } from "../request/request-book.js";
import type { StageOf, SyncRequest } from "../request/sync-request.js";

type Preparing = StageOf<"preparing">;

/** A request while its archive is created and uploaded. Changes of its stage are stored one after the other. */
export class PreparingRequest {
  readonly #book: RequestBook;
  readonly #changes = new Mutex();
  #request: SyncRequest;
  #stage: Preparing;

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

  /** Stores that an upload has begun, or that the archive is complete in the spool. */
  note(found: Omit<Preparing, "name">): Promise<void> {
    return this.#change(() => ({ ...this.#stage, ...found }));
  }

  /** Discards the upload that was begun, and keeps the spooled archive. */
  async discardUpload(): Promise<void> {
    if (!this.#stage.begun) return;
    await this.#change(() => {
      const { begun: _, ...rest } = this.#stage;
      return rest;
    });
  }

  /** Discards everything of an earlier attempt. */
  async discardArchive(): Promise<void> {
    const { begun, spooled } = this.#stage;
    if (begun || spooled) await this.#change(() => ({}));
  }

  #change(change: () => Omit<Preparing, "name">): Promise<void> {
    return this.#changes.run(async () => {
      const { begun, spooled } = change();
      this.#request = await this.#book.apply(this.#request, {
        type: "upload-changed",
        ...(begun && { begun }),
        ...(spooled && { spooled }),
      });
      const { stage } = this.#request;
      if (stage.name === "preparing") this.#stage = stage;
    });
  }
}
