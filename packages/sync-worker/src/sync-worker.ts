import {
  type GroupId,
  type InstallationId,
  nowNs,
} from "@history-sync/primitives";
import type { ConsentSave } from "@history-sync/proto/device-sync";
import { ownRequest } from "./ask/send-request.js";
import { currentInstallations } from "./context/membership.js";
import type { WorkerPorts } from "./context/ports.js";
import { SyncWorkerError } from "./errors.js";
import { ensureHmacKey, ensureKeyAudience } from "./preferences/hmac-key.js";
import { MembershipUpdates } from "./preferences/membership-updates.js";
import {
  applyUnsent,
  changePreferences,
} from "./preferences/preference-outbox.js";
import { PreferenceSender } from "./preferences/preference-sender.js";
import { consentUpdates } from "./preferences/preferences.js";
import {
  type ListedArchive,
  listed,
  liveArchives,
} from "./request/archives.js";
import { comparisonWords } from "./request/comparison-words.js";
import type { HistoryOptions } from "./request/options.js";
import { type SyncWorkerOptions, settingsOf } from "./request/settings.js";
import type { SyncRequest } from "./request/sync-request.js";
import { type SyncUpdate, Updates } from "./request/updates.js";
import { untilReached } from "./work/retry.js";
import { importChosenArchive, sendArchive } from "./worker/manual.js";
import { RequestRunner } from "./worker/request-runner.js";
import { expectNotFailed, untilStage } from "./worker/until-stage.js";
import { applyDecision, type Decision } from "./worker/user-decisions.js";

/** The words that a user compares before history is released. */
export interface ComparisonWords {
  /** The other installation: the requester, or one that waits for its user's approval. */
  readonly installation: InstallationId;
  readonly words: readonly string[];
}

const nsPerDay = 24 * 60 * 60 * 1_000_000_000;

/**
 * Synchronises the history and the preferences of an inbox's installations: requests history once, responds to requests,
 * imports replies and exchanges preferences. After a restart it resumes what it had begun.
 */
export class SyncWorker implements AsyncDisposable {
  readonly #stopping = new AbortController();
  readonly #runner: RequestRunner;
  readonly #preferences: PreferenceSender;
  readonly #members: MembershipUpdates;
  readonly #started: Promise<void>;
  readonly #following: Promise<void>;
  #lost: { readonly error: unknown } | undefined;

  private constructor(ports: WorkerPorts, options: SyncWorkerOptions) {
    const { signal: stopping } = this.#stopping;
    this.#runner = new RequestRunner({
      ports,
      settings: settingsOf(options),
      updates: new Updates(),
      stopping,
      onLost: (error) => this.#lose(error),
    });
    const { context, tasks } = this.#runner;
    this.#preferences = new PreferenceSender(context, tasks);
    this.#members = new MembershipUpdates(
      context,
      tasks,
      this.#preferences,
      stopping,
    );
    this.#started = this.#start();
    this.#following = this.#started.then(() => this.#follow());
    this.#following.catch((error: unknown) => this.#lose(error));
  }

  /** Starts a worker. It works in the background until `close`. */
  static start(ports: WorkerPorts, options: SyncWorkerOptions): SyncWorker {
    return new SyncWorker(ports, options);
  }

  /**
   * Requests history from the other installations. Resolves when the node has the request.
   *
   * @throws {SyncWorkerError} `no-history-server`, `request-failed`, `closed`
   */
  async request(
    options: HistoryOptions = {},
    serverUrl: string = this.#runner.context.settings.historySyncUrl,
  ): Promise<SyncRequest> {
    const { context } = this.#runner;
    expectServer(serverUrl);
    await this.#started;
    const request = ownRequest(serverUrl, options, context);
    const { id } = request;
    const stage = await untilStage(
      id,
      context,
      ({ name }) => name !== "unsent",
      async () => {
        await context.book.add(request);
        await this.#runner.start(id);
      },
    );
    expectNotFailed(stage);
    return request;
  }

  /** Requests the history of a conversation before a time, in nanoseconds since the Unix epoch. */
  requestOlder(
    conversation: GroupId,
    beforeNs: bigint,
    options: HistoryOptions = {},
  ): Promise<SyncRequest> {
    const endNs = beforeNs - 1n;
    const conversations = [conversation];
    return this.request({ ...options, conversations, endNs });
  }

  /**
   * Approves a request of another installation.
   *
   * @throws {SyncWorkerError} `unknown-request`, `wrong-stage`
   */
  approve(id: string): Promise<void> {
    return this.#decide(id, { type: "approve" });
  }

  /**
   * Declines a request, for all installations. The requester receives the message, of at most 200 characters.
   *
   * @throws {SyncWorkerError} `unknown-request`, `wrong-stage`, `too-long`
   */
  decline(id: string, message?: string): Promise<void> {
    return this.#decide(id, {
      type: "decline",
      ...(message !== undefined && { message }),
    });
  }

  /**
   * Cancels a request of this installation.
   *
   * @throws {SyncWorkerError} `unknown-request`, `wrong-stage`
   */
  cancel(id: string): Promise<void> {
    return this.#decide(id, { type: "cancel" });
  }

  /** Returns the words that this and the other installation show for a request that a user has to approve. */
  async comparisonWords(id: string): Promise<readonly ComparisonWords[]> {
    const { book, syncGroups } = this.#runner.context;
    const { pin, role, requester, acknowledgements } = await book.expect(id);
    if (role === "responder") {
      const words = comparisonWords(pin, requester, syncGroups.installationId);
      return [{ installation: requester, words }];
    }
    return acknowledgements
      .filter(({ awaitingApproval }) => awaitingApproval)
      .map(({ installation }) => ({
        installation,
        words: comparisonWords(pin, requester, installation),
      }));
  }

  /** Returns the requests of all installations, as this one sees them, oldest first. */
  async requests(): Promise<readonly SyncRequest[]> {
    return this.#runner.context.book.list();
  }

  /** Emits what happens from this call on. */
  updates(signal?: AbortSignal): AsyncIterableIterator<SyncUpdate> {
    return this.#runner.context.updates.watch(signal);
  }

  /**
   * Uploads an archive that wasn't requested, and sends it to the other installations, which find it by its pin. Resolves
   * when it was sent.
   *
   * @throws {SyncWorkerError} `no-history-server`, `request-failed`, `closed`
   */
  async sendSyncArchive(
    pin: string,
    options: HistoryOptions = {},
    serverUrl: string = this.#runner.context.settings.historySyncUrl,
  ): Promise<void> {
    expectServer(serverUrl);
    await this.#started;
    await sendArchive(pin, options, serverUrl, this.#runner);
  }

  /** Returns the archives of the last `daysCutoff` days that `processSyncArchive` can import, newest first. */
  async listAvailableArchives(
    daysCutoff: number,
  ): Promise<readonly ListedArchive[]> {
    const { clock, requests } = this.#runner.context;
    const oldest = nowNs(clock) - BigInt(Math.round(daysCutoff * nsPerDay));
    const live = await liveArchives(requests.archives, clock);
    return live
      .filter(({ sentAtNs }) => sentAtNs >= oldest)
      .map(listed)
      .toReversed();
  }

  /**
   * Imports the newest archive of the pin, or of all. It is no longer listed then.
   *
   * @throws {SyncWorkerError} `no-archive`, `request-failed`, `closed`
   */
  async processSyncArchive(pin?: string): Promise<void> {
    await this.#started;
    await importChosenArchive(pin, this.#runner);
  }

  /** Fetches the messages of the sync groups and handles them. Long work continues in the background. */
  async sync(): Promise<void> {
    await this.#started;
    await this.#runner.context.syncGroups.sync(this.#stopping.signal);
    await this.#handleNews();
  }

  /**
   * Removes revoked installations from the sync group and adds new ones, after these have had the time to create a group of
   * their own. Creates a new HMAC key if the membership changed. Later additions follow in the background.
   */
  async refreshInstallations(): Promise<void> {
    await this.#started;
    await this.#members.refresh();
  }

  /** Stores the user's decisions and sends them to the other installations, later if the node can't be reached. */
  async shareConsent(records: readonly ConsentSave[]): Promise<void> {
    await changePreferences(consentUpdates(records), this.#runner.context);
    await this.#started;
    await this.#preferences.send();
  }

  /** Resolves when no known work is left; rejects if the worker has stopped because its store failed. */
  async settled(): Promise<void> {
    await this.#started;
    await this.#runner.handleMessages();
    const { tasks } = this.#runner;
    while (tasks.size > 0) {
      await tasks.ended();
      await this.#runner.handleMessages();
    }
    if (this.#lost) throw this.#lost.error;
  }

  /** Stops all work where it is. It resumes at the next start. */
  async close(): Promise<void> {
    this.#stopping.abort(new DOMException("closed", "AbortError"));
    await Promise.allSettled([this.#following, this.#runner.ended()]);
    this.#runner.context.updates.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    const { context } = this.#runner;
    const { signal } = this.#stopping;
    await untilReached(context.clock, signal, async () => {
      // Decided first: an installation that starts alone in its inbox has nothing to request, even if others follow.
      await ensureHmacKey(context, signal);
      await this.#decideInitialRequest();
      const { joinGraceMs: graceMs } = context.settings;
      await context.syncGroups.ensure({ graceMs, signal });
      await ensureKeyAudience(context);
    });
    await applyUnsent(context);
    await this.#runner.handleFirstMessages();
    await this.#runner.resumeAll();
    void this.#preferences.send();
  }

  /** Stops: without its store nothing that the worker does would be kept. `settled` rejects with the error. */
  #lose(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.#lost = { error };
    this.#stopping.abort(error);
    this.#runner.context.updates.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    for await (const _ of this.#runner.context.syncGroups.follow(signal)) {
      await this.#handleNews();
    }
  }

  async #decideInitialRequest(): Promise<void> {
    const { context } = this.#runner;
    const { requests, settings, syncGroups, book } = context;
    const { historySyncUrl } = settings;
    if (historySyncUrl === "") return;
    if (await requests.initialRequestDecided()) return;
    const installations = await currentInstallations(
      context,
      this.#stopping.signal,
    );
    const alone = installations.every((id) => id === syncGroups.installationId);
    await book.decideInitial(
      alone ? undefined : ownRequest(historySyncUrl, {}, context),
    );
  }

  async #decide(id: string, decision: Decision): Promise<void> {
    await this.#started;
    await applyDecision(id, decision, this.#runner.context.book);
    await this.#runner.start(id);
  }

  /** Handles messages. They show that the node can be reached, so stalled steps are retried. */
  async #handleNews(): Promise<void> {
    this.#runner.retryStalled();
    await this.#runner.handleMessages();
    this.#members.handleNews();
    void this.#preferences.send();
  }
}

function expectServer(serverUrl: string): void {
  if (serverUrl !== "") return;
  throw new SyncWorkerError(
    "no-history-server",
    "expected the URL of a history server, got an empty one",
  );
}
