import {
  type GroupId,
  type InstallationId,
  nowNs,
} from "@history-sync/primitives";
import type { ConsentSave } from "@history-sync/proto/device-sync";
import { type ListedArchive, listed, liveArchives } from "./archives.js";
import { newRequest } from "./ask.js";
import { SyncWorkerError } from "./errors.js";
import { ExportQueue } from "./export-queue.js";
import { ensureHmacKey, ensureKeyAudience } from "./hmac-key.js";
import { sendArchive, takeArchive } from "./manual.js";
import { MemberKeeper } from "./member-keeper.js";
import { currentInstallations } from "./membership.js";
import { MessageLoop } from "./message-loop.js";
import type { HistoryOptions } from "./options.js";
import type { WorkerContext, WorkerPorts } from "./ports.js";
import { applyUnsent, changePreferences } from "./preference-outbox.js";
import { PreferenceTeller } from "./preference-teller.js";
import { consentUpdates } from "./preferences.js";
import { RequestBook } from "./request-book.js";
import { RequestRunner } from "./request-runner.js";
import { untilReached } from "./retry.js";
import { type SyncWorkerOptions, settingsOf } from "./settings.js";
import type { Stage, SyncRequest } from "./sync-request.js";
import { expectNotFailed, untilStage } from "./until-stage.js";
import { type SyncUpdate, Updates } from "./updates.js";
import { type Decision, decided } from "./user-decisions.js";
import { comparisonWords } from "./words.js";

/** What a user compares before history is released. */
export interface ApprovalWords {
  /** The other installation: the one that asks, or one that waits for its user's yes. */
  readonly installation: InstallationId;
  readonly words: readonly string[];
}

const nsPerDay = 24 * 60 * 60 * 1_000_000_000;

/**
 * Keeps the installations of an inbox in step, by itself: asks for history once, answers whoever asks, imports what
 * comes, and takes in changes of preferences. After a restart it goes on with what it had begun.
 */
export class SyncWorker implements AsyncDisposable {
  readonly #context: WorkerContext;
  readonly #runner: RequestRunner;
  readonly #stopping = new AbortController();
  readonly #started: Promise<void>;
  readonly #following: Promise<void>;
  readonly #messages: MessageLoop;
  readonly #preferences: PreferenceTeller;
  readonly #members: MemberKeeper;
  #lost: { readonly error: unknown } | undefined;

  private constructor(ports: WorkerPorts, options: SyncWorkerOptions) {
    const settings = settingsOf(options);
    const updates = new Updates();
    this.#context = {
      ...ports,
      settings,
      updates,
      book: new RequestBook(ports.requests, updates, ports.log),
      exports: new ExportQueue(),
      handleMessages: () => this.#messages.handleAndStart(),
    };
    const { signal } = this.#stopping;
    this.#runner = new RequestRunner(
      this.#context,
      signal,
      this.#context.handleMessages,
      (error) => this.#lose(error),
    );
    this.#messages = new MessageLoop(this.#context, this.#runner);
    const { tasks } = this.#runner;
    this.#preferences = new PreferenceTeller(this.#context, tasks);
    this.#members = new MemberKeeper(
      this.#context,
      tasks,
      this.#preferences,
      signal,
    );
    this.#started = this.#start();
    this.#following = this.#started.then(() => this.#follow());
    this.#following.catch((error: unknown) => this.#lose(error));
  }

  static start(ports: WorkerPorts, options: SyncWorkerOptions): SyncWorker {
    return new SyncWorker(ports, options);
  }

  /** Asks the other installations for history; resolves once the node has the request. */
  async request(
    options: HistoryOptions = {},
    serverUrl: string = this.#context.settings.historySyncUrl,
  ): Promise<SyncRequest> {
    const { book } = this.#context;
    expectServer(serverUrl);
    await this.#started;
    const request = newRequest(serverUrl, options, this.#context);
    const { id } = await book.add(request);
    const isSent = ({ name }: Stage) => name !== "asking";
    const stage = await untilStage(id, this.#context, isSent, async () => {
      await this.#runner.restart(id);
      await this.#runner.startWaiting();
    });
    expectNotFailed(stage);
    return request;
  }

  /** Asks for what a conversation had before the time, in nanoseconds since the Unix epoch. */
  requestOlder(
    conversation: GroupId,
    beforeNs: bigint,
    options: HistoryOptions = {},
  ): Promise<SyncRequest> {
    const endNs = beforeNs - 1n;
    const conversations = [conversation];
    return this.request({ ...options, conversations, endNs });
  }

  /** Lets the asker have what it asks for. Throws `unknown-request` and `wrong-stage`, like all decisions. */
  approve(id: string): Promise<void> {
    return this.#decide(id, { name: "approve" });
  }

  /** Says no, for all installations; the asker is told the reason, of at most 200 characters. */
  decline(id: string, reason?: string): Promise<void> {
    return this.#decide(id, { name: "decline", words: reason });
  }

  /** Takes back a request of one's own. */
  cancel(id: string): Promise<void> {
    return this.#decide(id, { name: "cancel" });
  }

  /** The words that this and the other installation show for a request that waits for a user's yes. */
  async approvalWords(id: string): Promise<readonly ApprovalWords[]> {
    const { book, syncGroups } = this.#context;
    const { pin, role, requester, acknowledgements } = await book.expect(id);
    if (role === "answerer") {
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

  /** Every request that any installation made, as this one sees it, oldest first. */
  async requests(): Promise<readonly SyncRequest[]> {
    return this.#context.book.list();
  }

  /** What happens from now on. */
  updates(signal?: AbortSignal): AsyncIterableIterator<SyncUpdate> {
    return this.#context.updates.watch(signal);
  }

  /** Sends an archive that nobody asked for; others find it by its pin. Resolves when they can have it. */
  async sendSyncArchive(
    pin: string,
    options: HistoryOptions = {},
    serverUrl: string = this.#context.settings.historySyncUrl,
  ): Promise<void> {
    expectServer(serverUrl);
    await this.#started;
    await sendArchive(pin, options, serverUrl, this.#context, this.#runner);
  }

  /** The archives of the last so many days that `processSyncArchive` can take in, newest first. */
  async listAvailableArchives(
    daysCutoff: number,
  ): Promise<readonly ListedArchive[]> {
    const oldest =
      nowNs(this.#context.clock) - BigInt(Math.round(daysCutoff * nsPerDay));
    const live = await liveArchives(this.#context);
    return live
      .filter(({ sentAtNs }) => sentAtNs >= oldest)
      .map(listed)
      .toReversed();
  }

  /** Takes in the newest archive of the pin, or of all; then it is no longer listed. Throws `no-archive`, `gave-up`. */
  async processSyncArchive(pin?: string): Promise<void> {
    await this.#started;
    await takeArchive(pin, this.#context, this.#runner);
  }

  /** Fetches what the sync groups have and handles it; long work goes on behind it. */
  async sync(): Promise<void> {
    await this.#started;
    await this.#context.syncGroups.sync(this.#stopping.signal);
    await this.#handleNews();
  }

  /**
   * Removes revoked installations from the sync group and adds new ones, once they have had the time to make a group of
   * their own; then, if anybody came or went, makes a new HMAC key. Who is left for later is added by itself.
   */
  async refreshInstallations(): Promise<void> {
    await this.#started;
    await this.#members.refresh();
  }

  /** Keeps the user's decisions and tells the other installations; those out of reach later, after a restart if need be. */
  async shareConsent(records: readonly ConsentSave[]): Promise<void> {
    await changePreferences(consentUpdates(records), this.#context);
    await this.#started;
    await this.#preferences.tell();
  }

  /** Resolves when nothing that is known here waits to be done; rejects if the worker has stopped for good. */
  async settled(): Promise<void> {
    await this.#started;
    await this.#messages.handleAndStart();
    const { tasks } = this.#runner;
    while (tasks.size > 0) {
      await tasks.ended();
      await this.#messages.handleAndStart();
    }
    if (this.#lost) throw this.#lost.error;
  }

  /** Stops all work where it is; what was begun goes on at the next start. */
  async close(): Promise<void> {
    this.#stopping.abort(new DOMException("closed", "AbortError"));
    await Promise.allSettled([this.#following, this.#runner.tasks.ended()]);
    await this.#messages.ended();
    this.#context.updates.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    const context = this.#context;
    const { signal } = this.#stopping;
    await untilReached(context.clock, signal, async () => {
      // Decided first: who was alone in the inbox when it started has nobody to ask, whoever comes next.
      await ensureHmacKey(context, signal);
      await this.#decideInitialRequest();
      const { joinGraceMs: graceMs } = context.settings;
      await context.syncGroups.ensure({ graceMs, signal });
      await ensureKeyAudience(context);
    });
    await applyUnsent(context);
    await this.#messages.handle();
    await this.#runner.takeUp();
    void this.#preferences.tell();
  }

  /** Without its store it can do nothing that would be kept: it stops, and `settled` says why. */
  #lose(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.#lost = { error };
    this.#stopping.abort(error);
    this.#context.updates.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    for await (const _ of this.#context.syncGroups.follow(signal)) {
      await this.#handleNews();
    }
  }

  async #decideInitialRequest(): Promise<void> {
    const { requests, settings, syncGroups, book } = this.#context;
    const { historySyncUrl } = settings;
    if (historySyncUrl === "") return;
    if (await requests.initialRequestDecided()) return;
    const installations = await currentInstallations(
      this.#context,
      this.#stopping.signal,
    );
    const alone = installations.every((id) => id === syncGroups.installationId);
    await book.decideInitial(
      alone ? undefined : newRequest(historySyncUrl, {}, this.#context),
    );
  }

  async #decide(id: string, decision: Decision): Promise<void> {
    await this.#started;
    const { book, syncGroups } = this.#context;
    const request = await book.expect(id);
    const stage = decided(request, decision, syncGroups.installationId);
    await this.#runner.to(request, stage);
    await this.#runner.startWaiting();
  }

  /** The node is in reach: what failed for want of it is tried again. */
  async #handleNews(): Promise<void> {
    this.#runner.retryStalled();
    await this.#messages.handleAndStart();
    this.#members.handleNews();
    void this.#preferences.tell();
  }
}

function expectServer(serverUrl: string): void {
  if (serverUrl !== "") return;
  throw new SyncWorkerError(
    "no-history-server",
    "expected the URL of a history server, got an empty one",
  );
}
