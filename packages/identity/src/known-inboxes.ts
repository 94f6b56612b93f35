import { type InboxId, unlessAborted } from "@history-sync/primitives";
import { type FoldOptions, foldSteps, type InboxSnapshot } from "./fold-log.js";
import type { IdentityService } from "./identity-service.js";

interface KnownInbox {
  /** One for each entry of the log so far. */
  readonly snapshots: InboxSnapshot[];
  /** Ends with the fetch that is on its way. */
  current: Promise<unknown>;
  /** The fetch that starts after it, for all who ask meanwhile. */
  next: Promise<void> | undefined;
}

/** The verified states of inboxes, in memory: only what is new is fetched, and folded onto what was checked before. */
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

  /** What is in memory of now. */
  newest(inboxId: InboxId): InboxSnapshot | undefined {
    return this.#inboxes.get(inboxId)?.snapshots.at(-1);
  }

  /** What is in memory of then. */
  at(inboxId: InboxId, sequenceId: bigint): InboxSnapshot | undefined {
    return this.#inboxes
      .get(inboxId)
      ?.snapshots.find((snapshot) => snapshot.sequenceId === sequenceId);
  }

  /** The inbox as the node knows it at some moment after the call; undefined for an empty log. */
  async refresh(
    inboxId: InboxId,
    signal?: AbortSignal,
  ): Promise<InboxSnapshot | undefined> {
    const inbox = this.#touch(inboxId);
    inbox.next ??= inbox.current.then(() => {
      inbox.next = undefined;
      const fetched = this.#fetch(inboxId, inbox);
      inbox.current = fetched.catch(() => {});
      return fetched;
    });
    // Others may wait for the same.
    await unlessAborted(inbox.next, signal);
    return inbox.snapshots.at(-1);
  }

  async #fetch(inboxId: InboxId, { snapshots }: KnownInbox): Promise<void> {
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

  /** Makes it the one that was looked at last. */
  #touch(inboxId: InboxId): KnownInbox {
    const inbox = this.#inboxes.get(inboxId) ?? {
      snapshots: [],
      current: Promise.resolve(),
      next: undefined,
    };
    this.#inboxes.delete(inboxId);
    this.#inboxes.set(inboxId, inbox);
    for (const oldest of this.#inboxes.keys()) {
      if (this.#inboxes.size <= this.#maxInboxes) break;
      this.#inboxes.delete(oldest);
    }
    return inbox;
  }
}
