import { isRetryable, Mutex } from "@history-sync/async";
import { nowNs } from "@history-sync/primitives";
import type { WorkerContext, WorkerPorts } from "../context/ports.js";
import { codeOf, SyncWorkerError } from "../errors.js";
import { handleMessage } from "../receive/handle-message.js";
import { expiryOf, liveArchives } from "../request/archives.js";
import { RequestBook } from "../request/request-book.js";
import type { Settings } from "../request/settings.js";
import type { SyncRequest } from "../request/sync-request.js";
import { deadlineOf, type Effect, effectsOf } from "../request/transitions.js";
import type { Updates } from "../request/updates.js";
import { sendDeclines } from "../respond/decline.js";
import { deleteUploads } from "../respond/delete-uploads.js";
import { removeSpooled, sweepSpool } from "../respond/spooled-archives.js";
import { Tasks } from "../work/tasks.js";
import { Timers } from "../work/timers.js";
import { forgetOldRequests } from "./prune.js";
import { onStepFailed } from "./step-failed.js";
import { steps } from "./steps.js";

export interface RunnerParts {
  readonly ports: WorkerPorts;
  readonly settings: Settings;
  readonly updates: Updates;
  readonly stopping: AbortSignal;
  /** Is called with an error after which nothing can be stored. */
  readonly onLost: (error: unknown) => void;
}

/** Handles received messages, and runs what the stages of the requests call for. */
export class RequestRunner {
  readonly context: WorkerContext;
  readonly tasks: Tasks;
  readonly #timers: Timers;
  readonly #messages = new Mutex();
  /** Requests with a step to be started. */
  readonly #ready = new Set<string>();
  #hasDeclines = false;
  /** Requests with a step that failed for want of the node. */
  readonly #stalled = new Set<string>();

  constructor({ ports, settings, updates, stopping, onLost }: RunnerParts) {
    const { clock, log, requests, syncGroups } = ports;
    const { policy, takeoverMs } = settings;
    const { installationId } = syncGroups;
    const handleMessages = () => this.handleMessages();
    this.#timers = new Timers(clock, stopping);
    this.tasks = new Tasks(stopping, handleMessages, (error) => {
      log("sync-worker.failed", { code: codeOf(error) });
      const canContinue =
        error instanceof SyncWorkerError || isRetryable(error);
      if (!canContinue) onLost(error);
    });
    const book = new RequestBook({
      requests,
      rules: { installationId, policy, takeoverMs },
      clock,
      updates,
      log,
      onEffects: (request, effects) => this.#run(request, effects),
    });
    const exports = new Mutex();
    this.context = {
      ...ports,
      settings,
      updates,
      book,
      exports,
      handleMessages,
    };
  }

  /** Resumes all requests after a restart. */
  async resumeAll(): Promise<void> {
    await sweepSpool(this.context);
    for (const request of await this.context.book.list()) {
      this.#run(request, effectsOf(request));
    }
    await this.#watchArchives();
    await this.#startReady();
  }

  /** Handles the received messages, then starts the steps that they call for: the last message may undo an earlier one. */
  handleMessages(): Promise<void> {
    return this.#messages.run(async () => {
      await this.#handlePending();
      await this.#startReady();
    });
  }

  /** Handles the received messages, before `resumeAll`. */
  handleFirstMessages(): Promise<void> {
    return this.#messages.run(() => this.#handlePending());
  }

  /** Starts a request's step again, and all others that are ready. */
  async start(id: string): Promise<void> {
    this.#restart(id);
    await this.#startReady();
  }

  /** Makes stalled requests ready again. */
  retryStalled(): void {
    for (const id of this.#stalled) this.#ready.add(id);
    this.#stalled.clear();
  }

  /** Resolves when the message that is being handled and the running steps have ended. */
  async ended(): Promise<void> {
    await this.tasks.ended();
    await this.#messages.run(() => {});
  }

  #run(request: SyncRequest, effects: readonly Effect[]): void {
    const { id } = request;
    for (const effect of effects) {
      switch (effect.type) {
        case "restart-step":
          this.#restart(id);
          break;
        case "send-declines":
          // Later, so that one message declines many requests.
          this.#hasDeclines = true;
          break;
        case "delete-uploads":
          // Apart from the step, which continues whether or not the history server can be reached.
          void this.tasks.chain(`delete ${id}`, (signal) =>
            deleteUploads(id, this.context, signal),
          );
          break;
        case "remove-spooled":
          void this.tasks.chain("spool", () =>
            removeSpooled(effect.id, this.context),
          );
          break;
        case "set-deadline":
          this.#setDeadline(id, effect.atNs);
          break;
      }
    }
  }

  #restart(id: string): void {
    this.tasks.stop(id);
    this.#ready.add(id);
  }

  async #startReady(): Promise<void> {
    const ids = [...this.#ready];
    this.#ready.clear();
    for (const id of ids) {
      const request = await this.context.book.get(id);
      if (!request || !steps[request.stage.name]) continue;
      this.tasks.replace(id, (signal) => this.#step(request, signal));
    }
    if (!this.#hasDeclines) return;
    this.#hasDeclines = false;
    void this.tasks.chain("declines", (signal) => this.#decline(signal));
  }

  async #step(request: SyncRequest, signal: AbortSignal): Promise<void> {
    const { book, log } = this.context;
    try {
      await steps[request.stage.name]?.(request, this.context, signal);
    } catch (error) {
      const isOver =
        signal.aborted ||
        (error instanceof SyncWorkerError && error.code === "stage-changed");
      const current = isOver ? undefined : await book.get(request.id);
      if (!current) return;
      log("sync-request.step-failed", {
        stage: current.stage.name,
        code: codeOf(error),
      });
      await onStepFailed(current, error, this.context, signal);
      // An error that isn't retryable waits for the next start: retried at every message, it could cause messages of its own.
      if (isRetryable(error)) this.#stalled.add(request.id);
    }
  }

  async #handlePending(): Promise<void> {
    const { syncGroups } = this.context;
    const kinds = new Set<string>();
    for (const message of await syncGroups.pending()) {
      await handleMessage(message, this.context);
      await syncGroups.markHandled(message);
      kinds.add(message.content.case);
    }
    if (kinds.has("reply")) await this.#watchArchives();
    if (kinds.has("request")) await forgetOldRequests(this.context);
  }

  async #decline(signal: AbortSignal): Promise<void> {
    try {
      await sendDeclines(this.context, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.context.log("sync-request.decline-not-sent", {
        code: codeOf(error),
      });
    }
  }

  /** Deletes the keys of stored archives when these expire. */
  async #watchArchives(): Promise<void> {
    const { clock, requests } = this.context;
    const live = await liveArchives(requests.archives, clock);
    const [next] = live.map(expiryOf).sort((a, b) => (a < b ? -1 : 1));
    if (next === undefined) return;
    this.#timers.set("archives", next, () => {
      void this.tasks.chain("archives", () => this.#watchArchives());
    });
  }

  #setDeadline(id: string, atNs: bigint | undefined): void {
    if (atNs === undefined) {
      this.#timers.clear(id);
      return;
    }
    this.#timers.set(id, atNs, () => {
      void this.tasks.chain(`deadline ${id}`, () => this.#meetDeadline(id));
    });
  }

  async #meetDeadline(id: string): Promise<void> {
    const { book, clock } = this.context;
    const request = await book.get(id);
    const atNs = request && deadlineOf(request);
    if (atNs === undefined || atNs > nowNs(clock)) return;
    await book.apply(request as SyncRequest, { type: "deadline-reached" });
  }
}
