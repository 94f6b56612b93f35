import { coalesce } from "@history-sync/async";
import type { InboxId } from "@history-sync/primitives";
import { type FoldOptions, foldSteps, type InboxSnapshot } from "./fold-log.js";
import type { IdentityService } from "./identity-service.js";

interface KnownInbox {
  /** One for each entry of the log so far. */
  readonly snapshots: InboxSnapshot[];
  /** Fetches new entries. All calls during a fetch share the next one. */
  readonly refresh: (signal?: AbortSignal) => Promise<void>;
}

/** Keeps the verified states of inboxes in memory. A refresh fetches only new entries and verifies them on top. */
export class KnownInboxes {
  readonly #inboxes = new Map<InboxId, KnownInbox>();
  readonly #service: IdentityService;
  readonly #fold: FoldOptions;
  readonly #maxInboxes: number;

  constructor(service: IdentityService, fold: FoldOptions, maxInboxes: number) {
    this.#service = service;
    this.#fold = fold;
    this.#maxInboxes = maxInboxes;
  }

  /** Returns the newest state in memory, or undefined for an inbox that isn't. */
  newest(inboxId: InboxId): InboxSnapshot | undefined {
    return this.#inboxes.get(inboxId)?.snapshots.at(-1);
  }

  /** Returns the state in memory after the entry with that sequence id. */
  at(inboxId: InboxId, sequenceId: bigint): InboxSnapshot | undefined {
    return this.#inboxes
      .get(inboxId)
      ?.snapshots.find((snapshot) => snapshot.sequenceId === sequenceId);
  }

  /** Fetches what is new and returns the inbox as the node knows it after the call; undefined for an empty log. */
  async refresh(
    inboxId: InboxId,
    signal?: AbortSignal,
  ): Promise<InboxSnapshot | undefined> {
    const inbox = this.#touch(inboxId);
    await inbox.refresh(signal);
    return inbox.snapshots.at(-1);
  }

  async #fetch(inboxId: InboxId, snapshots: InboxSnapshot[]): Promise<void> {
    const from = snapshots.at(-1);
    const entries = await this.#service.updates(
      inboxId,
      from?.sequenceId ?? 0n,
    );
    const options = from === undefined ? this.#fold : { ...this.#fold, from };
    for await (const snapshot of foldSteps(inboxId, entries, options)) {
      snapshots.push(snapshot);
    }
  }

  /** Returns the inbox and makes it the most recently used one; the least recently used ones beyond the limit go. */
  #touch(inboxId: InboxId): KnownInbox {
    const inbox = this.#inboxes.get(inboxId) ?? this.#newInbox(inboxId);
    this.#inboxes.delete(inboxId);
    this.#inboxes.set(inboxId, inbox);
    for (const oldest of this.#inboxes.keys()) {
      if (this.#inboxes.size <= this.#maxInboxes) break;
      this.#inboxes.delete(oldest);
    }
    return inbox;
  }

  #newInbox(inboxId: InboxId): KnownInbox {
    const snapshots: InboxSnapshot[] = [];
    const refresh = coalesce(() => this.#fetch(inboxId, snapshots));
    return { snapshots, refresh };
  }
}
