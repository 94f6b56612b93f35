import { type Clock, type GroupId, nowNs } from "@history-sync/primitives";
import type { HistoryStore } from "@history-sync/store";
import type {
  ApprovalWords,
  HistoryOptions,
  SyncRequest,
  SyncUpdate,
  SyncWorker,
} from "@history-sync/sync-worker";
import { groupIdsOf } from "../groups/conversation-key.js";

export interface OlderOptions
  extends Omit<HistoryOptions, "conversations" | "endNs"> {
  /** Nanoseconds since the Unix epoch. Default: the time of the conversation's oldest message here. */
  readonly beforeNs?: bigint;
}

interface HistoryRequestsPorts {
  readonly history: HistoryStore;
  readonly clock: Clock;
  /** Throws `device-sync-disabled` where there is none. */
  readonly worker: () => SyncWorker;
}

/** What the user's installations ask of each other: every request with its state, and the user's word on it. */
export class HistoryRequests {
  readonly #ports: HistoryRequestsPorts;

  /** Made by `createClient`. */
  constructor(ports: HistoryRequestsPorts) {
    this.#ports = ports;
  }

  /** Every request that an installation of the user's made, as this one sees it, oldest first. */
  async requests(): Promise<readonly SyncRequest[]> {
    return this.#ports.worker().requests();
  }

  /** What happens to requests and preferences, from this call on. */
  updates(signal?: AbortSignal): AsyncIterableIterator<SyncUpdate> {
    return this.#ports.worker().updates(signal);
  }

  /**
   * Lets another installation have the history that it asks for, where `releasePolicy` is `ask`. Throws
   * `unknown-request` and `wrong-stage`, as all decisions do.
   */
  async approve(id: string): Promise<void> {
    await this.#ports.worker().approve(id);
  }

  /** Says no, for all installations; the asker is told the reason, of at most 200 characters. */
  async decline(id: string, reason?: string): Promise<void> {
    await this.#ports.worker().decline(id, reason);
  }

  /** Takes back a request of this installation. */
  async cancel(id: string): Promise<void> {
    await this.#ports.worker().cancel(id);
  }

  /** The words that both installations show, for the user to compare before a request is approved. */
  async approvalWords(id: string): Promise<readonly ApprovalWords[]> {
    return this.#ports.worker().approvalWords(id);
  }

  /** Asks for what a conversation had before; for all of it where this installation has none of its messages. */
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
