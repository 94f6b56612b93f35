import { create } from "@bufbuild/protobuf";
import { HistorySyncError, nowNs } from "@history-sync/primitives";
import {
  type ConsentSave,
  type DeviceSyncReply,
  type DeviceSyncRequest,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import { answer } from "./answer.js";
import { SyncWorkerError } from "./errors.js";
import { importReply } from "./import-reply.js";
import type { HistoryOptions } from "./options.js";
import { enterStage, type WorkerContext, type WorkerPorts } from "./ports.js";
import {
  applyPreferenceUpdates,
  consentUpdates,
  hmacKeyBytes,
  hmacKeyUpdate,
  mergeConsentRecords,
  mergeHmacRoot,
} from "./preferences.js";
import type { SyncRequest } from "./request-store.js";
import {
  ask,
  askedId,
  newRequest,
  receivedRequest,
  replyArchive,
} from "./requests.js";
import { type SyncUpdate, Updates } from "./updates.js";

export interface SyncWorkerOptions {
  /** The history server for one's own requests. Empty: history is neither asked for nor handed out. */
  readonly historySyncUrl: string;
}

/**
 * Keeps the installations of an inbox in step, by itself: asks for history once, answers whoever asks, imports what
 * comes, and takes in changes of preferences. After a restart it goes on with what it had begun.
 */
export class SyncWorker implements AsyncDisposable {
  readonly #context: WorkerContext;
  readonly #historySyncUrl: string;
  readonly #stopping = new AbortController();
  readonly #tasks = new Map<string, Promise<void>>();
  readonly #started: Promise<void>;
  readonly #following: Promise<void>;
  #turn: Promise<void> = Promise.resolve();

  private constructor(ports: WorkerPorts, options: SyncWorkerOptions) {
    this.#context = { ...ports, updates: new Updates() };
    this.#historySyncUrl = options.historySyncUrl;
    this.#started = this.#start();
    this.#following = this.#started.then(() => this.#follow());
    // `settled` and `close` report it to whoever calls them; nobody has to.
    this.#following.catch(() => {});
  }

  static start(ports: WorkerPorts, options: SyncWorkerOptions): SyncWorker {
    return new SyncWorker(ports, options);
  }

  /** Asks the other installations for history; resolves once the node has the request. */
  async request(
    options: HistoryOptions = {},
    serverUrl: string = this.#historySyncUrl,
  ): Promise<SyncRequest> {
    if (serverUrl === "") {
      throw new SyncWorkerError(
        "no-history-server",
        "expected the URL of a history server, got an empty one",
      );
    }
    const request = this.#newRequest(options, serverUrl);
    await this.#context.requests.put(request);
    await ask(request, this.#context, this.#stopping.signal);
    return request;
  }

  /** Every request that this installation made or answers, oldest first. */
  requests(): Promise<readonly SyncRequest[]> {
    return this.#context.requests.list();
  }

  /** What happens from now on. */
  updates(signal?: AbortSignal): AsyncIterableIterator<SyncUpdate> {
    return this.#context.updates.watch(signal);
  }

  /** Fetches what the sync groups have and handles it; long work goes on behind it. */
  async sync(): Promise<void> {
    await this.#started;
    await this.#context.syncGroups.sync(this.#stopping.signal);
    await this.#handlePending();
  }

  /** Adds new installations of the inbox to the sync group, removes revoked ones, and gives the new ones the HMAC key. */
  async refreshInstallations(): Promise<void> {
    await this.#started;
    const { syncGroups, history } = this.#context;
    const { signal } = this.#stopping;
    const { added } = await syncGroups.refreshMembers(signal);
    const hmacKey = added.length > 0 ? await history.hmacKey() : undefined;
    if (hmacKey) {
      const value = hmacKeyUpdate(hmacKey);
      await syncGroups.send({ case: "preferenceUpdates", value }, signal);
    }
  }

  /** Keeps the user's decisions and tells the other installations. */
  async shareConsent(records: readonly ConsentSave[]): Promise<void> {
    await mergeConsentRecords(records, this.#context);
    await this.#started;
    await this.#context.syncGroups.send(
      { case: "preferenceUpdates", value: consentUpdates(records) },
      this.#stopping.signal,
    );
  }

  /** Resolves when nothing that is known here waits to be done; rejects if the worker has stopped for good. */
  async settled(): Promise<void> {
    await this.#started;
    await this.#handlePending();
    while (this.#tasks.size > 0) {
      await Promise.all(this.#tasks.values());
      await this.#handlePending();
    }
  }

  /** Stops all work where it is; what was begun goes on at the next start. */
  async close(): Promise<void> {
    this.#stopping.abort(new DOMException("closed", "AbortError"));
    await Promise.allSettled([this.#following, ...this.#tasks.values()]);
    await this.#turn;
    this.#context.updates.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    const { syncGroups, requests } = this.#context;
    // Decided first: who was alone in the inbox when it started has nobody to ask, whoever comes next.
    await this.#ensureHmacKey();
    await this.#decideInitialRequest();
    await syncGroups.ensure({ signal: this.#stopping.signal });
    for (const request of await requests.list()) this.#goOn(request);
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    for await (const _ of this.#context.syncGroups.follow(signal)) {
      await this.#handlePending();
    }
  }

  /** The first installation of an inbox makes the key; a later one is given it. */
  async #ensureHmacKey(): Promise<void> {
    const { history, clock, randomBytes } = this.#context;
    if (await history.hmacKey()) return;
    if ((await this.#otherInstallations()) > 0) return;
    const hmacKey = create(HmacKeySaveSchema, {
      key: randomBytes(hmacKeyBytes),
      cycledAtNs: nowNs(clock),
    });
    await mergeHmacRoot(hmacKey, this.#context);
  }

  async #decideInitialRequest(): Promise<void> {
    const { requests } = this.#context;
    if (this.#historySyncUrl === "") return;
    if (await requests.initialRequestDecided()) return;
    const alone = (await this.#otherInstallations()) === 0;
    await requests.decideInitialRequest(
      alone ? undefined : this.#newRequest({}, this.#historySyncUrl),
    );
  }

  #newRequest(options: HistoryOptions, serverUrl: string): SyncRequest {
    const { installationId } = this.#context.syncGroups;
    return newRequest(serverUrl, options, installationId, this.#context);
  }

  async #otherInstallations(): Promise<number> {
    const { syncGroups, installations } = this.#context;
    const known = await installations.installations(syncGroups.inboxId);
    return known.installations.filter((id) => id !== syncGroups.installationId)
      .length;
  }

  /** One after the other, in the order of the sync groups, whoever asks for it. */
  #handlePending(): Promise<void> {
    const turn = this.#turn.then(async () => {
      const { syncGroups } = this.#context;
      for (const message of await syncGroups.pending()) {
        if (await this.#handle(message)) await syncGroups.markHandled(message);
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Gives false for a message whose time hasn't come. */
  async #handle(message: DeviceSyncMessage): Promise<boolean> {
    const { content, own } = message;
    switch (content.case) {
      case "request":
        if (!own) await this.#takeRequest(message, content.value);
        return true;
      case "reply":
        return own || this.#takeReply(content.value);
      case "preferenceUpdates":
        await applyPreferenceUpdates(content.value, this.#context);
        return true;
      default:
        return true;
    }
  }

  async #takeRequest(
    message: DeviceSyncMessage,
    wire: DeviceSyncRequest,
  ): Promise<void> {
    if (this.#historySyncUrl === "") return;
    const { requests } = this.#context;
    const request = receivedRequest(message, wire);
    if (await requests.get(request.id)) return;
    this.#goOn(await enterStage(request, request.stage, this.#context));
  }

  /** The first good reply serves; while one is being imported the next ones wait for how that ends. */
  async #takeReply(reply: DeviceSyncReply): Promise<boolean> {
    const { requests, log } = this.#context;
    const request = await requests.get(askedId(reply.requestId));
    if (!request || request.stage.name === "imported") return true;
    if (request.stage.name === "importing") return false;
    try {
      const stage = {
        name: "importing",
        archive: replyArchive(reply),
      } as const;
      this.#goOn(await enterStage(request, stage, this.#context));
    } catch (error) {
      if (!(error instanceof SyncWorkerError)) throw error;
      log("sync-reply.refused", { code: error.code });
    }
    return true;
  }

  /** Starts what the request's stage calls for, unless it is under way or nothing is left to do. */
  #goOn(request: SyncRequest): void {
    const step = steps[request.stage.name];
    if (!step || this.#tasks.has(request.id)) return;
    const { signal } = this.#stopping;
    const task = step(request, this.#context, signal)
      .catch((error: unknown) => this.#giveUp(request, error))
      .finally(() => this.#tasks.delete(request.id))
      .then(() => this.#handlePending())
      .catch((error: unknown) => {
        this.#context.log("sync-worker.failed", { code: codeOf(error) });
      });
    this.#tasks.set(request.id, task);
  }

  async #giveUp(request: SyncRequest, error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const stage = { name: "failed", reason: codeOf(error) } as const;
    await enterStage(request, stage, this.#context);
  }
}

function codeOf(error: unknown): string {
  return error instanceof HistorySyncError ? error.code : "unexpected";
}

type Step = typeof answer;

/** What a request in each stage waits for; the others wait for nobody here. */
const steps: Partial<Record<SyncRequest["stage"]["name"], Step>> = {
  asking: ask,
  importing: importReply,
  preparing: answer,
  uploaded: answer,
};
