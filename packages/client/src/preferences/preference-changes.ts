import { equalBytes } from "@history-sync/primitives";
import type { HistoryStore } from "@history-sync/store";
import { type Consent, consentsOf } from "./consent.js";

/** A change of the user's preferences. */
export type PreferenceUpdate =
  | { readonly type: "consent"; readonly consent: Consent }
  /** The new HMAC root key, 42 bytes, which changes all `hmacKeys`. */
  | { readonly type: "hmac-key"; readonly key: Uint8Array };

interface Kept {
  readonly consents: ReadonlyMap<string, Consent>;
  readonly key: Uint8Array | undefined;
}

/** Yields at each notice the changes since the previous one, or at the first since the call. */
export function preferenceChanges(
  notices: AsyncIterable<unknown>,
  history: HistoryStore,
): AsyncGenerator<readonly PreferenceUpdate[], void, undefined> {
  return differences(notices, history, kept(history));
}

async function* differences(
  notices: AsyncIterable<unknown>,
  history: HistoryStore,
  atCall: Promise<Kept>,
): AsyncGenerator<readonly PreferenceUpdate[], void, undefined> {
  let before = await atCall;
  for await (const _ of notices) {
    const now = await kept(history);
    const changed = [...consentChanges(before, now), ...keyChange(before, now)];
    before = now;
    if (changed.length > 0) yield changed;
  }
}

function consentChanges(before: Kept, now: Kept): readonly PreferenceUpdate[] {
  return [...now.consents]
    .filter(([key, { state }]) => before.consents.get(key)?.state !== state)
    .map(([, consent]) => ({ type: "consent", consent }));
}

function keyChange(before: Kept, { key }: Kept): readonly PreferenceUpdate[] {
  if (!key || (before.key && equalBytes(before.key, key))) return [];
  return [{ type: "hmac-key", key }];
}

async function kept(history: HistoryStore): Promise<Kept> {
  const consents = consentsOf(await history.consentRecords());
  const hmacKey = await history.hmacKey();
  return {
    consents: new Map(
      consents.map((consent) => [
        `${consent.entityType} ${consent.entity}`,
        consent,
      ]),
    ),
    key: hmacKey?.key,
  };
}
