import { Mutex } from "@history-sync/async";
import { type Clock, type InboxId, nowNs } from "@history-sync/primitives";
import {
  type AdmitOptions,
  type AdmittedUpdate,
  admitUpdate,
} from "../admit-update.js";
import { type Identifier, memberKey } from "../identifier.js";
import type {
  CallOptions,
  IdentityService,
  LogEntry,
} from "../identity-service.js";
import type { InboxState } from "../inbox-state.js";

interface Inbox {
  readonly entries: LogEntry[];
  state: InboxState | undefined;
}

/** A node's identity logs in memory, for tests and demos; it takes only updates that a node should. */
export class MemoryIdentityService implements IdentityService {
  readonly #clock: Clock;
  readonly #options: AdmitOptions;
  readonly #inboxes = new Map<InboxId, Inbox>();
  /** Of each identifier, the inboxes it is in, the one it came to last at the end. */
  readonly #inboxesOf = new Map<string, InboxId[]>();
  #lastSequenceId = 0n;
  readonly #publishing = new Mutex();

  constructor(clock: Clock, options: AdmitOptions = {}) {
    this.#clock = clock;
    this.#options = options;
  }

  async updates(
    inboxId: InboxId,
    afterSequenceId: bigint,
    { signal }: CallOptions = {},
  ): Promise<readonly LogEntry[]> {
    signal?.throwIfAborted();
    const { entries } = this.#inboxes.get(inboxId) ?? { entries: [] };
    return entries.filter(({ sequenceId }) => sequenceId > afterSequenceId);
  }

  publish(update: Uint8Array, { signal }: CallOptions = {}): Promise<void> {
    const bytes = update.slice();
    return this.#publishing.run(async () => {
      const admitted = await admitUpdate(
        bytes,
        (inboxId) => {
          const { state, entries } = this.#inbox(inboxId);
          return { state, entries: entries.length };
        },
        { ...this.#options, ...(signal === undefined ? {} : { signal }) },
      );
      this.#store(bytes, admitted);
    }, signal);
  }

  async inboxIds(
    identifiers: readonly Identifier[],
    { signal }: CallOptions = {},
  ): Promise<readonly (InboxId | undefined)[]> {
    signal?.throwIfAborted();
    return identifiers.map((identifier) =>
      this.#inboxesOf.get(memberKey(identifier))?.at(-1),
    );
  }

  #inbox(inboxId: InboxId): Inbox {
    return this.#inboxes.get(inboxId) ?? { entries: [], state: undefined };
  }

  #store(update: Uint8Array, { state, members }: AdmittedUpdate): void {
    const { inboxId } = state;
    const sequenceId = ++this.#lastSequenceId;
    const serverTimestampNs = nowNs(this.#clock);
    const { entries } = this.#inbox(inboxId);
    entries.push({ sequenceId, serverTimestampNs, update });
    this.#inboxes.set(inboxId, { entries, state });
    for (const member of members.removed) {
      const key = memberKey(member);
      const others = this.#inboxesOf.get(key)?.filter((id) => id !== inboxId);
      this.#inboxesOf.set(key, others ?? []);
    }
    for (const member of members.added) {
      const key = memberKey(member);
      this.#inboxesOf.set(key, [...(this.#inboxesOf.get(key) ?? []), inboxId]);
    }
  }
}
