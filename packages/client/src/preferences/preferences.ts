import type { Broadcast } from "@history-sync/async";
import { type Clock, nowNs } from "@history-sync/primitives";
import type { ConsentSave } from "@history-sync/proto/device-sync";
import type { HistoryStore } from "@history-sync/store";
import type { Background } from "../work/background.js";
import { stream } from "../work/stream.js";
import {
  type Consent,
  type ConsentEntityType,
  type ConsentState,
  consentRow,
  consentStateOf,
  keepConsent,
  newestConsent,
  sharingConsent,
} from "./consent.js";
import {
  type PreferenceUpdate,
  preferenceChanges,
} from "./preference-changes.js";

/** Keeps decisions, and tells the user's other installations of them. */
export type ShareConsent = (records: readonly ConsentSave[]) => Promise<void>;

export interface PreferencesPorts {
  readonly history: HistoryStore;
  readonly share: ShareConsent;
  /** Takes in what the others have told. */
  readonly sync: () => Promise<void>;
  readonly background: Background;
  readonly clock: Clock;
  /** Aborts when the client closes. */
  readonly closing: AbortSignal;
}

/** The user's decisions, the same on every installation of the inbox. */
export class Preferences {
  readonly #ports: PreferencesPorts;
  readonly #changes: Broadcast<"changed"> = stream();

  /** Made by `createClient`. */
  constructor(ports: PreferencesPorts) {
    this.#ports = ports;
  }

  /** Takes in what the user's other installations have told. Throws `device-sync-disabled`. */
  async sync(): Promise<void> {
    await this.#ports.sync();
  }

  /** Keeps the decisions and tells the user's other installations. */
  async setConsentStates(decisions: readonly Consent[]): Promise<void> {
    await this.#ports.share(await this.#rows(decisions));
    this.noticeChanges();
  }

  async getConsentState(
    entityType: ConsentEntityType,
    entity: string,
  ): Promise<ConsentState> {
    const { history } = this.#ports;
    const entities = await sharingConsent({ entityType, entity }, history);
    return consentStateOf(await newestConsent(entityType, entities, history));
  }

  /** Decisions that have changed, of the user here or on another installation, from this call on. */
  streamConsent(
    signal?: AbortSignal,
  ): AsyncIterableIterator<readonly Consent[]> {
    return consentsIn(this.streamPreferences(signal));
  }

  /** Decisions and HMAC keys that have changed, from this call on. */
  streamPreferences(
    signal?: AbortSignal,
  ): AsyncIterableIterator<readonly PreferenceUpdate[]> {
    const { history, closing } = this.#ports;
    const notices = this.#changes.subscribe({
      signal: signal ? AbortSignal.any([signal, closing]) : closing,
    });
    return preferenceChanges(notices, history);
  }

  /** Makes streams compare. Called by the client, when another installation or an archive has brought something. */
  noticeChanges(): void {
    this.#changes.publish("changed");
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
    const rows = await this.#rows([decision]);
    const { history, clock, background, share } = this.#ports;
    await keepConsent(rows, history, clock);
    this.noticeChanges();
    background.run("share-consent", () => share(rows));
  }

  /** The user's HMAC root key, 42 bytes, if this installation has it yet. */
  async hmacKey(): Promise<Uint8Array | undefined> {
    return (await this.#ports.history.hmacKey())?.key;
  }

  async #rows(decisions: readonly Consent[]): Promise<readonly ConsentSave[]> {
    const { history, clock } = this.#ports;
    const rows: ConsentSave[] = [];
    for (const decision of decisions) {
      const entities = await sharingConsent(decision, history);
      const { entityType } = decision;
      const before = await newestConsent(entityType, entities, history);
      const decidedAtNs = after(before, nowNs(clock));
      for (const entity of entities) {
        rows.push(consentRow({ ...decision, entity }, decidedAtNs));
      }
    }
    return rows;
  }
}

/** After whatever stands there: what the user does now is newer, however this clock runs. */
function after(before: ConsentSave | undefined, now: bigint): bigint {
  return before && before.consentedAtNs >= now
    ? before.consentedAtNs + 1n
    : now;
}

async function* consentsIn(
  updates: AsyncIterable<readonly PreferenceUpdate[]>,
): AsyncGenerator<readonly Consent[], void, undefined> {
  for await (const changed of updates) {
    const consents = changed.flatMap((update) =>
      update.type === "consent" ? [update.consent] : [],
    );
    if (consents.length > 0) yield consents;
  }
}
