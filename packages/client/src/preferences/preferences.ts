import type { Broadcast } from "@history-sync/async";
import { type Clock, nowNs } from "@history-sync/primitives";
import type { ConsentSave } from "@history-sync/proto/device-sync";
import type { HistoryStore } from "@history-sync/store";
import type { Background } from "../work/background.js";
import { stream } from "../work/events.js";
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

/** Stores decisions, and sends them to the user's other installations. */
export type ShareConsent = (records: readonly ConsentSave[]) => Promise<void>;

export interface PreferencesPorts {
  readonly history: HistoryStore;
  readonly share: ShareConsent;
  /** Fetches the decisions of the user's other installations. */
  readonly sync: () => Promise<void>;
  readonly background: Background;
  readonly clock: Clock;
  /** Aborts when the client closes. */
  readonly closing: AbortSignal;
}

/** The user's decisions and HMAC key, the same on every installation of the inbox. */
export class Preferences {
  readonly #ports: PreferencesPorts;
  readonly #changes: Broadcast<"changed"> = stream();

  /** @internal Called by `createClient`. */
  constructor(ports: PreferencesPorts) {
    this.#ports = ports;
  }

  /**
   * Fetches the decisions of the user's other installations.
   *
   * @throws {ClientError} `device-sync-disabled`
   */
  async sync(): Promise<void> {
    await this.#ports.sync();
  }

  /** Stores decisions and sends them to the user's other installations. */
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

  /** Streams changed decisions, made here or on another installation, from this call on. */
  streamConsent(
    signal?: AbortSignal,
  ): AsyncIterableIterator<readonly Consent[]> {
    return consentsIn(this.streamPreferences(signal));
  }

  /** Streams changed decisions and HMAC keys, from this call on. */
  streamPreferences(
    signal?: AbortSignal,
  ): AsyncIterableIterator<readonly PreferenceUpdate[]> {
    const { history, closing } = this.#ports;
    const notices = this.#changes.subscribe({
      signal: signal ? AbortSignal.any([signal, closing]) : closing,
    });
    return preferenceChanges(notices, history);
  }

  /** Makes the streams re-read the store and emit what changed. The client calls it after an import. */
  noticeChanges(): void {
    this.#changes.publish("changed");
  }

  /** Allows a conversation that the user sends a message to, unless the user has decided about it. Other installations get it in the background. */
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

  /** Returns the user's HMAC root key, 42 bytes; undefined if this installation has none yet. */
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

/** Returns a time after the previous decision, because the user's new one has to win whatever the clocks say. */
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
