import { type Clock, type GroupId, nowNs } from "@history-sync/primitives";
import type { HistoryStore } from "@history-sync/store";
import type {
  ComparisonWords,
  HistoryOptions,
  SyncRequest,
  SyncUpdate,
  SyncWorker,
} from "@history-sync/sync-worker";
import { groupIdsOf } from "../groups/conversation-key.js";

/** The older history to request for one conversation. */
export interface OlderOptions
  extends Omit<HistoryOptions, "conversations" | "endNs"> {
  /** Nanoseconds since the Unix epoch. Default: the time of the conversation's oldest message on this installation. */
  readonly beforeNs?: bigint;
}

interface HistoryRequestsPorts {
  readonly history: HistoryStore;
  readonly clock: Clock;
  /** Throws `device-sync-disabled` if device sync is disabled. */
  readonly worker: () => SyncWorker;
}

/** The history requests of the user's installations: their states, and the user's decisions on them. */
export class HistoryRequests {
  readonly #ports: HistoryRequestsPorts;

  /** @internal Called by `createClient`. */
  constructor(ports: HistoryRequestsPorts) {
    this.#ports = ports;
  }

  /** Returns the requests of all installations of the user, as this one sees them, oldest first. */
  async requests(): Promise<readonly SyncRequest[]> {
    return this.#ports.worker().requests();
  }

  /** Streams changes of requests and preferences, from this call on. */
  updates(signal?: AbortSignal): AsyncIterableIterator<SyncUpdate> {
    return this.#ports.worker().updates(signal);
  }

  /**
   * Approves another installation's request, where `releasePolicy` is `ask`.
   *
   * @throws {SyncWorkerError} `unknown-request`, `wrong-stage`
   */
  async approve(id: string): Promise<void> {
    await this.#ports.worker().approve(id);
  }

  /** Declines a request for all installations. The requester gets the reason, of at most 200 characters. */
  async decline(id: string, reason?: string): Promise<void> {
    await this.#ports.worker().decline(id, reason);
  }

  /** Cancels a request of this installation. */
  async cancel(id: string): Promise<void> {
    await this.#ports.worker().cancel(id);
  }

  /** Returns the words that both installations show, for the user to compare before a request is approved. */
  async comparisonWords(id: string): Promise<readonly ComparisonWords[]> {
    return this.#ports.worker().comparisonWords(id);
  }

  /** Requests a conversation's older messages; all of them if this installation has none. */
  async requestOlder(
    conversationId: GroupId,
    { beforeNs, ...options }: OlderOptions = {},
  ): Promise<SyncRequest> {
    const worker = this.#ports.worker();
    const { history } = this.#ports;
    // A DM's history is that of all its groups.
    const conversations = await groupIdsOf(conversationId, history);
    const before = beforeNs ?? (await this.#oldestNs(conversations));
    return worker.request({
      ...options,
      conversations,
      ...(before !== undefined && { endNs: before - 1n }),
    });
  }

  async #oldestNs(
    conversations: readonly GroupId[],
  ): Promise<bigint | undefined> {
    const { history, clock } = this.#ports;
    const selection = { nowNs: nowNs(clock), conversations };
    const snapshot = await history.snapshot();
    try {
      const pages = snapshot.messages(selection, "oldest-first");
      for await (const [oldest] of pages) {
        if (oldest) return oldest.sentAtNs;
      }
      return undefined;
    } finally {
      await snapshot.close();
    }
  }
}
