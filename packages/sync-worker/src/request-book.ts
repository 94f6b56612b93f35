import type { Logger } from "@history-sync/primitives";
import { SyncWorkerError } from "./errors.js";
import type { RequestStore } from "./request-store.js";
import {
  type Stage,
  type SyncRequest,
  type Upload,
  uploadIn,
} from "./sync-request.js";
import type { Updates } from "./updates.js";

/** What changes of a request while it stays in its stage. */
export type RequestNotes = Partial<
  Pick<SyncRequest, "acknowledgements" | "exportsBegunAtNs" | "holder">
>;

/**
 * The requests as they stand in the store, each change made durable before anybody hears of it. Changes are made one
 * after the other: work that goes on from a stage which was left meanwhile is refused.
 */
export class RequestBook {
  /** Hears of every change, after it is durable. */
  onChange: (request: SyncRequest, before: SyncRequest | undefined) => void =
    () => {};
  readonly #store: RequestStore;
  readonly #updates: Updates;
  readonly #log: Logger;
  readonly #loaded: Promise<Map<string, SyncRequest>>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: RequestStore, updates: Updates, log: Logger) {
    this.#store = store;
    this.#updates = updates;
    this.#log = log;
    this.#loaded = store
      .list()
      .then((rows) => new Map(rows.map((row) => [row.id, row])));
    // Whoever asks for a request is told.
    this.#loaded.catch(() => {});
  }

  async get(id: string): Promise<SyncRequest | undefined> {
    return (await this.#loaded).get(id);
  }

  /** Oldest first. */
  async list(): Promise<readonly SyncRequest[]> {
    return [...(await this.#loaded).values()];
  }

  /** The one of the id, or throws `unknown-request`. */
  async expect(id: string): Promise<SyncRequest> {
    const request = await this.get(id);
    if (request) return request;
    throw new SyncWorkerError(
      "unknown-request",
      "expected the id of a request, got an unknown one",
    );
  }

  /** A new request; one that is known already stays as it is. */
  add(request: SyncRequest): Promise<SyncRequest> {
    return this.#write(request.id, (known) => known ?? request);
  }

  /** This installation's first own request, or that there will be none. */
  async decideInitial(request: SyncRequest | undefined): Promise<void> {
    await this.#store.decideInitialRequest(request);
    if (request) (await this.#loaded).set(request.id, request);
  }

  /**
   * Throws `moved-on` when the request has left the stage that the caller knows. An upload that the new stage doesn't know of
   * is to be deleted.
   */
  enter(request: SyncRequest, stage: Stage): Promise<SyncRequest> {
    return this.#write(request.id, (known) => {
      if (known?.stage === request.stage) return moved(known, stage);
      throw new SyncWorkerError(
        "moved-on",
        `expected the request in stage ${request.stage.name}, got ${known?.stage.name ?? "none"}`,
      );
    });
  }

  note(request: SyncRequest, notes: RequestNotes): Promise<SyncRequest> {
    return this.#write(request.id, (known = request) => ({
      ...known,
      ...notes,
    }));
  }

  /** Nothing of the upload is left on its server. */
  forgetUpload(request: SyncRequest, { url }: Upload): Promise<SyncRequest> {
    return this.#write(request.id, (known = request) => ({
      ...known,
      uploadsToDelete: known.uploadsToDelete.filter(
        (upload) => upload.url !== url,
      ),
    }));
  }

  async remove(id: string): Promise<void> {
    await this.#store.remove(id);
    (await this.#loaded).delete(id);
  }

  #write(
    id: string,
    change: (known: SyncRequest | undefined) => SyncRequest,
  ): Promise<SyncRequest> {
    const written = this.#turn.then(async () => {
      const requests = await this.#loaded;
      const known = requests.get(id);
      const changed = change(known);
      if (changed === known) return changed;
      await this.#store.put(changed);
      requests.set(id, changed);
      this.#tell(changed, known);
      return changed;
    });
    this.#turn = written.catch(() => {});
    return written;
  }

  #tell(request: SyncRequest, before: SyncRequest | undefined): void {
    this.#updates.publish({ type: "stage", request });
    this.onChange(request, before);
    if (request.stage === before?.stage) return;
    const { role, stage } = request;
    this.#log("sync-request.stage", { role, stage: stage.name });
  }
}

function moved(request: SyncRequest, stage: Stage): SyncRequest {
  const upload = uploadIn(request.stage);
  const isLeft =
    upload?.deletionToken !== undefined && uploadIn(stage)?.url !== upload.url;
  if (!isLeft) return { ...request, stage };
  const uploadsToDelete = [...request.uploadsToDelete, upload];
  return { ...request, stage, uploadsToDelete };
}
