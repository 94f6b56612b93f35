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
  readonly #clock: Clock;

  constructor(history: HistoryStore, share: ShareConsent, clock: Clock) {
    this.#history = history;
    this.#share = share;
    this.#clock = clock;
  }

  /** Keeps the decisions and tells the user's other installations. */
  async setConsentStates(decisions: readonly Consent[]): Promise<void> {
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
    await this.#share(records);
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

  /** The user's HMAC root key, 42 bytes, if this installation has it yet. */
  async hmacKey(): Promise<Uint8Array | undefined> {
    return (await this.#history.hmacKey())?.key;
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
