import { Mutex } from "@history-sync/async";
import { type Clock, type Logger, nowNs } from "@history-sync/primitives";
import { SyncWorkerError } from "../errors.js";
import type { RequestStore } from "./request-store.js";
import type { SyncRequest, Upload } from "./sync-request.js";
import {
  type Effect,
  effectsOf,
  isStepEvent,
  next,
  type RequestEvent,
  type Transition,
  type TransitionRules,
} from "./transitions.js";
import type { Updates } from "./updates.js";

/** Fields of a request that change while it stays in its stage. */
export type RequestNotes = Partial<
  Pick<SyncRequest, "acknowledgements" | "exportsBegunAtNs" | "responder">
>;

export interface RequestBookPorts {
  readonly requests: RequestStore;
  readonly rules: TransitionRules;
  readonly clock: Clock;
  readonly updates: Updates;
  readonly log: Logger;
  /** Is called with what a stored change calls for. */
  readonly onEffects: (
    request: SyncRequest,
    effects: readonly Effect[],
  ) => void;
}

/**
 * The requests in the store. Changes are made one after the other, and each is durable before its effects are reported.
 */
export class RequestBook {
  readonly #ports: RequestBookPorts;
  readonly #loaded: Promise<Map<string, SyncRequest>>;
  readonly #writes = new Mutex();

  constructor(ports: RequestBookPorts) {
    this.#ports = ports;
    this.#loaded = ports.requests
      .list()
      .then((rows) => new Map(rows.map((row) => [row.id, row])));
    // Each call that reads the requests rejects with it.
    this.#loaded.catch(() => {});
  }

  async get(id: string): Promise<SyncRequest | undefined> {
    return (await this.#loaded).get(id);
  }

  /** Returns all requests, oldest first. */
  async list(): Promise<readonly SyncRequest[]> {
    return [...(await this.#loaded).values()];
  }

  /** @throws {SyncWorkerError} `unknown-request` */
  async expect(id: string): Promise<SyncRequest> {
    const request = await this.get(id);
    if (request) return request;
    throw new SyncWorkerError(
      "unknown-request",
      `expected the id of a request, got ${JSON.stringify(id)}`,
    );
  }

  /** Adds a request. One with a known id stays as it is. Returns the stored one. */
  add(request: SyncRequest): Promise<SyncRequest> {
    return this.#write(request.id, (known) =>
      known ? undefined : { request, effects: effectsOf(request) },
    );
  }

  /** Adds another installation's request, in the stage that the release policy gives it. */
  receive(request: SyncRequest, lacksHistory: boolean): Promise<SyncRequest> {
    const { rules, clock } = this.#ports;
    const event = { type: "request-received", lacksHistory } as const;
    return this.#write(request.id, (known) =>
      known
        ? undefined
        : (next(request, event, rules, nowNs(clock)) ?? {
            request,
            effects: effectsOf(request),
          }),
    );
  }

  /** Stores this installation's first own request, or that it makes none. */
  async decideInitial(request: SyncRequest | undefined): Promise<void> {
    await this.#ports.requests.decideInitialRequest(request);
    if (request) (await this.#loaded).set(request.id, request);
  }

  /**
   * Applies an event and returns the request after it, unchanged where the event changes nothing in its stage.
   *
   * @throws {SyncWorkerError} `stage-changed` for the event of a step whose request has left the step's stage
   */
  apply(request: SyncRequest, event: RequestEvent): Promise<SyncRequest> {
    const { rules, clock } = this.#ports;
    return this.#write(request.id, (known) => {
      if (isStepEvent(event.type) && known?.stage !== request.stage) {
        throw new SyncWorkerError(
          "stage-changed",
          `expected the request in stage ${request.stage.name}, got ${known?.stage.name ?? "none"}`,
        );
      }
      return known && next(known, event, rules, nowNs(clock));
    });
  }

  /** Changes fields of a request that stays in its stage. */
  note(request: SyncRequest, notes: RequestNotes): Promise<SyncRequest> {
    return this.#edit(request, (known) => ({ ...known, ...notes }));
  }

  /** Records that an upload was deleted from its server. */
  removeUpload(request: SyncRequest, { url }: Upload): Promise<SyncRequest> {
    return this.#edit(request, (known) => ({
      ...known,
      uploadsToDelete: known.uploadsToDelete.filter(
        (upload) => upload.url !== url,
      ),
    }));
  }

  async remove(id: string): Promise<void> {
    await this.#ports.requests.remove(id);
    (await this.#loaded).delete(id);
  }

  #edit(
    request: SyncRequest,
    change: (known: SyncRequest) => SyncRequest,
  ): Promise<SyncRequest> {
    return this.#write(request.id, (known = request) => {
      const edited = change(known);
      return { request: edited, effects: effectsOf(edited, known, true) };
    });
  }

  #write(
    id: string,
    change: (known: SyncRequest | undefined) => Transition | undefined,
  ): Promise<SyncRequest> {
    return this.#writes.run(async () => {
      const requests = await this.#loaded;
      const known = requests.get(id);
      const changed = change(known);
      if (!changed) return known as SyncRequest;
      const { request, effects } = changed;
      await this.#ports.requests.put(request);
      requests.set(id, request);
      this.#report(request, effects, known);
      return request;
    });
  }

  #report(
    request: SyncRequest,
    effects: readonly Effect[],
    before: SyncRequest | undefined,
  ): void {
    const { updates, log, onEffects } = this.#ports;
    updates.publish({ type: "stage", request });
    onEffects(request, effects);
    if (request.stage === before?.stage) return;
    const { role, stage } = request;
    log("sync-request.stage", { role, stage: stage.name });
  }
}
