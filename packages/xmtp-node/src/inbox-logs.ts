import { hash } from "node:crypto";
import {
  admitUpdate,
  foldSteps,
  IdentityError,
  type InboxState,
  type MemberIdentifier,
  memberKey,
  type SmartContractVerifier,
} from "@history-sync/identity";
import {
  equalBytes,
  fromHex,
  type InboxId,
  inboxId,
  toHex,
} from "@history-sync/primitives";
import { XmtpNodeError } from "./errors.js";
import {
  type Entry,
  type NodeStorage,
  type TopicName,
  topicName,
} from "./storage/node-storage.js";

export interface InboxLogsOptions {
  readonly maxUpdateBytes: number;
  readonly maxInboxUpdates: number;
  /** Without one, updates that a smart-contract wallet signed are refused. */
  readonly smartContracts?: SmartContractVerifier | undefined;
}

/** The state that a log leads to, and the place in it at which each member was last added. */
interface FoldedLog {
  readonly lastId: bigint;
  readonly entries: number;
  readonly state: InboxState;
  readonly addedAt: ReadonlyMap<string, bigint>;
}

/** Folded logs kept in memory. */
const maxFolded = 10_000;
/** Inboxes that an identifier was in, of which the newest are looked at. */
const maxCandidates = 100;
/** Times that a publish starts again because another update came first. */
const maxAttempts = 8;

/** The inboxes' logs in a node's storage; nothing is in them that doesn't fold. */
export class InboxLogs {
  readonly #storage: NodeStorage;
  readonly #options: InboxLogsOptions;
  readonly #folded = new Map<InboxId, FoldedLog>();

  constructor(storage: NodeStorage, options: InboxLogsOptions) {
    this.#storage = storage;
    this.#options = options;
  }

  /** Returns the updates after an id, in order. */
  async updates(inbox: InboxId, afterId: bigint): Promise<readonly Entry[]> {
    const { maxUpdateBytes, maxInboxUpdates } = this.#options;
    const { entries } = await this.#storage.read(topicOf(inbox), {
      direction: "ascending",
      cursor: afterId,
      maxEntries: maxInboxUpdates,
      maxBytes: maxUpdateBytes * maxInboxUpdates,
    });
    return entries;
  }

  /** Appends an update if it folds. One that is in the log already counts as appended: its answer may have been lost. */
  async publish(update: Uint8Array, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#publishOnce(update, signal);
      } catch (error) {
        const again =
          error instanceof XmtpNodeError &&
          error.code === "conflict" &&
          attempt < maxAttempts;
        if (!again) throw error;
      }
    }
  }

  /** The inbox that the identifier was last added to and is still in. */
  async inboxOf(
    member: MemberIdentifier,
    signal: AbortSignal,
  ): Promise<InboxId | undefined> {
    const { entries } = await this.#storage.read(candidatesOf(member), {
      direction: "descending",
      cursor: 0n,
      maxEntries: maxCandidates,
      maxBytes: Number.MAX_SAFE_INTEGER,
    });
    let found:
      | { readonly inbox: InboxId; readonly addedAt: bigint }
      | undefined;
    for (const { body } of entries) {
      const inbox = inboxId(toHex(body));
      const folded = await this.#fold(inbox, signal);
      const addedAt = folded?.addedAt.get(memberKey(member));
      if (addedAt !== undefined && addedAt > (found?.addedAt ?? 0n)) {
        found = { inbox, addedAt };
      }
    }
    return found?.inbox;
  }

  async #publishOnce(update: Uint8Array, signal: AbortSignal): Promise<void> {
    const { maxUpdateBytes, maxInboxUpdates, smartContracts } = this.#options;
    let lastId = 0n;
    let isThere = false;
    let admitted: Awaited<ReturnType<typeof admitUpdate>>;
    try {
      admitted = await admitUpdate(
        update,
        async (inbox) => {
          const entries = await this.updates(inbox, 0n);
          isThere = entries.some(({ body }) => equalBytes(body, update));
          if (entries.length >= maxInboxUpdates && !isThere) {
            throw logFull(maxInboxUpdates);
          }
          const folded = await this.#fold(inbox, signal);
          lastId = folded?.lastId ?? 0n;
          return { state: folded?.state, entries: folded?.entries ?? 0 };
        },
        {
          limits: { maxUpdateBytes },
          signal,
          ...(smartContracts && { smartContracts }),
        },
      );
    } catch (error) {
      if (isThere) return;
      throw error instanceof IdentityError ? refusedUpdate(error) : error;
    }
    const inbox = admitted.update.inboxId;
    // First, so that every member of a log is found. A hint to a log that is never written does no harm.
    for (const member of admitted.members.added) {
      if (member.kind !== "installation") await this.#hint(member, inbox);
    }
    await this.#storage.append({
      topic: topicOf(inbox),
      body: update,
      digest: hash("sha256", update, "buffer"),
      expectedLastId: lastId,
    });
  }

  async #hint(member: MemberIdentifier, inbox: InboxId): Promise<void> {
    const body = fromHex(inbox);
    await this.#storage.append({
      topic: candidatesOf(member),
      body,
      digest: body,
    });
  }

  async #fold(
    inbox: InboxId,
    signal: AbortSignal,
  ): Promise<FoldedLog | undefined> {
    const known = this.#folded.get(inbox);
    const fresh = await this.updates(inbox, known?.lastId ?? 0n);
    if (fresh.length === 0) return known;
    const log = fresh.map(({ id, createdAtNs, body }) => ({
      sequenceId: id,
      serverTimestampNs: createdAtNs,
      update: body,
    }));
    const { smartContracts, maxUpdateBytes } = this.#options;
    let folded = known;
    const steps = foldSteps(inbox, log, {
      ...(known && {
        from: { sequenceId: known.lastId, state: known.state },
      }),
      ...(smartContracts && { smartContracts }),
      limits: { maxUpdateBytes },
      signal,
    });
    for await (const { sequenceId, state } of steps) {
      folded = withStep(folded, sequenceId, state);
    }
    if (folded) this.#remember(inbox, folded);
    return folded;
  }

  #remember(inbox: InboxId, folded: FoldedLog): void {
    this.#folded.delete(inbox);
    this.#folded.set(inbox, folded);
    const [oldest] = this.#folded.keys();
    if (this.#folded.size > maxFolded && oldest) this.#folded.delete(oldest);
  }
}

function withStep(
  before: FoldedLog | undefined,
  lastId: bigint,
  state: InboxState,
): FoldedLog {
  const addedAt = new Map<string, bigint>();
  for (const key of state.members.keys()) {
    addedAt.set(key, before?.addedAt.get(key) ?? lastId);
  }
  return { lastId, entries: (before?.entries ?? 0) + 1, state, addedAt };
}

function topicOf(inbox: InboxId): TopicName {
  return topicName("inbox", fromHex(inbox));
}

/** Of fixed length, whatever the identifier is. */
function candidatesOf(member: MemberIdentifier): TopicName {
  return topicName("identifier", hash("sha256", memberKey(member), "buffer"));
}

function refusedUpdate(cause: IdentityError): XmtpNodeError {
  return new XmtpNodeError("refused-update", cause.message, {
    retryable: cause.retryable,
    cause,
  });
}

function logFull(max: number): XmtpNodeError {
  return new XmtpNodeError(
    "log-full",
    `inbox log is full: expected ${max} updates at the most`,
  );
}
