import type { InboxId } from "@history-sync/primitives";
import {
  type ByRecovery,
  completeUpdate,
  createInbox,
  type DraftAction,
  draftUpdate,
  foldLog,
  type InboxState,
  type InstallationSigner,
  inboxIdOf,
  type LogEntry,
  type Signature,
  signUpdate,
  type UpdateDraft,
  type UpdateSigner,
} from "../../src/index.js";
import { identifierOf, signatureBy } from "../../src/signer.js";
import { chains } from "./people.js";

/** An inbox with a log that grows step by step, a second apart, with gaps between its sequence ids. */
export class Story {
  readonly inboxId: InboxId;
  readonly entries: LogEntry[] = [];
  #seconds = 0n;

  constructor(owner: UpdateSigner, nonce = 1n) {
    const identifier = identifierOf(owner);
    if (identifier.kind === "installation") throw new TypeError("no owner");
    this.inboxId = inboxIdOf(identifier, nonce);
  }

  /** The time of the next update. */
  now(): ByRecovery {
    this.#seconds += 1n;
    const clientTimestampNs = (1_700_000_000n + this.#seconds) * 1_000_000_000n;
    return { clientTimestampNs };
  }

  draft(...actions: readonly DraftAction[]): UpdateDraft {
    return draftUpdate({ inboxId: this.inboxId, ...this.now(), actions });
  }

  /** Puts an update into the log, whatever it is. */
  push(update: Uint8Array): this {
    const sequenceId = BigInt(this.entries.length) * 3n + 2n;
    this.entries.push({ sequenceId, serverTimestampNs: sequenceId, update });
    return this;
  }

  async sign(draft: UpdateDraft, ...signers: UpdateSigner[]): Promise<this> {
    return this.push(await signUpdate(draft, signers));
  }

  async create(owner: UpdateSigner, first: InstallationSigner, nonce = 1n) {
    const identifier = identifierOf(owner);
    if (identifier.kind === "installation") throw new TypeError("no owner");
    const draft = createInbox(identifier, first.installationId, {
      nonce,
      ...this.now(),
    });
    return await this.sign(draft, owner, first);
  }

  async add(by: UpdateSigner, added: UpdateSigner): Promise<this> {
    return await this.sign(this.draft(adding(by, added)), by, added);
  }

  async revoke(by: UpdateSigner, target: UpdateSigner): Promise<this> {
    return await this.sign(this.draft(revoking(by, target)), by);
  }

  async state(): Promise<InboxState> {
    const options = { smartContracts: chains };
    return (await foldLog(this.inboxId, this.entries, options)).state;
  }
}

export function adding(by: UpdateSigner, added: UpdateSigner): DraftAction {
  return { kind: "add", member: identifierOf(added), by: identifierOf(by) };
}

export function revoking(by: UpdateSigner, target: UpdateSigner): DraftAction {
  return { kind: "revoke", member: identifierOf(target), by: identifierOf(by) };
}

type Forgery = readonly [
  claimed: UpdateSigner,
  actual: UpdateSigner | Signature,
];

/** The bytes of a draft in which others sign for those who should. */
export async function forge(
  draft: UpdateDraft,
  ...forgeries: readonly Forgery[]
): Promise<Uint8Array> {
  const signatures = forgeries.map(async ([claimed, actual]) => ({
    signer: identifierOf(claimed),
    signature:
      "kind" in actual ? actual : await signatureBy(actual, draft.text),
  }));
  return completeUpdate(draft, await Promise.all(signatures));
}
