import { create } from "@bufbuild/protobuf";
import { mergeRows } from "@history-sync/archive";
import { type Clock, nowNs } from "@history-sync/primitives";
import {
  type ConsentSave,
  ConsentSaveSchema,
  ConsentStateSave,
  ConsentTypeSave,
} from "@history-sync/proto/device-sync";
import type { HistoryStore } from "@history-sync/store";
import type { Background } from "./background.js";

export type ConsentEntityType = "conversation" | "inbox";
export type ConsentState = "unknown" | "allowed" | "denied";

/** What the user decided about a conversation (by group id) or a person (by inbox id). */
export interface Consent {
  readonly entityType: ConsentEntityType;
  readonly entity: string;
  readonly state: ConsentState;
}

const entityTypes = {
  conversation: ConsentTypeSave.CONVERSATION_ID,
  inbox: ConsentTypeSave.INBOX_ID,
} as const;

const states = {
  unknown: ConsentStateSave.UNKNOWN,
  allowed: ConsentStateSave.ALLOWED,
  denied: ConsentStateSave.DENIED,
} as const;

/** Keeps decisions, and tells the user's other installations of them. */
export type ShareConsent = (records: readonly ConsentSave[]) => Promise<void>;

/** The user's decisions, the same on every installation of the inbox. */
export class Preferences {
  readonly #history: HistoryStore;
  readonly #share: ShareConsent;
  readonly #background: Background;
  readonly #clock: Clock;

  /** Made by `createClient`. */
  constructor(
    history: HistoryStore,
    share: ShareConsent,
    background: Background,
    clock: Clock,
  ) {
    this.#history = history;
    this.#share = share;
    this.#background = background;
    this.#clock = clock;
  }

  /** Keeps the decisions and tells the user's other installations. */
  async setConsentStates(decisions: readonly Consent[]): Promise<void> {
    await this.#share(await this.#records(decisions));
  }

  async getConsentState(
    entityType: ConsentEntityType,
    entity: string,
  ): Promise<ConsentState> {
    const record = await this.#history.consent(entityTypes[entityType], entity);
    switch (record?.state) {
      case ConsentStateSave.ALLOWED:
        return "allowed";
      case ConsentStateSave.DENIED:
        return "denied";
      default:
        return "unknown";
    }
  }

  /** What the user writes to is wanted, unless the user has said otherwise. Tells the other installations later. */
  async allowIfUnknown(conversation: string): Promise<void> {
    const entityType = "conversation";
    const state = await this.getConsentState(entityType, conversation);
    if (state !== "unknown") return;
    const decision = {
      entityType,
      entity: conversation,
      state: "allowed",
    } as const;
    const records = await this.#records([decision]);
    await keepConsent(records, this.#history, this.#clock);
    this.#background.run("share-consent", () => this.#share(records));
  }

  /** The user's HMAC root key, 42 bytes, if this installation has it yet. */
  async hmacKey(): Promise<Uint8Array | undefined> {
    return (await this.#history.hmacKey())?.key;
  }

  async #records(
    decisions: readonly Consent[],
  ): Promise<readonly ConsentSave[]> {
    const records: ConsentSave[] = [];
    for (const decision of decisions) {
      records.push(
        create(ConsentSaveSchema, {
          entityType: entityTypes[decision.entityType],
          entity: decision.entity,
          state: states[decision.state],
          consentedAtNs: await this.#decidedAtNs(decision),
        }),
      );
    }
    return records;
  }

  /** After whatever stands there: what the user does now is newer, however this clock runs. */
  async #decidedAtNs({ entityType, entity }: Consent): Promise<bigint> {
    const now = nowNs(this.#clock);
    const before = await this.#history.consent(entityTypes[entityType], entity);
    return before && before.consentedAtNs >= now
      ? before.consentedAtNs + 1n
      : now;
  }
}

/** The newest decision wins, as everywhere. */
export async function keepConsent(
  consent: readonly ConsentSave[],
  history: HistoryStore,
  clock: Clock,
): Promise<void> {
  const page = { groups: [], messages: [], consent };
  await history.mergePage(page, mergeRows(nowNs(clock)));
}
