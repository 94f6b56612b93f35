import { create } from "@bufbuild/protobuf";
import { mergeRows } from "@history-sync/archive";
import { nowNs } from "@history-sync/primitives";
import {
  type ConsentSave,
  type HmacKeySave,
  HmacKeySaveSchema,
  HmacKeyUpdateSchema,
  PreferenceUpdateSchema,
  type PreferenceUpdates,
  PreferenceUpdatesSchema,
} from "@history-sync/proto/device-sync";
import type { WorkerContext } from "./ports.js";

// XMTP's root key; the keys of every conversation's push topics are derived from it.
export const hmacKeyBytes = 42;

/** Takes in what an installation of ours, perhaps this one, said of its preferences. */
export async function applyPreferenceUpdates(
  { updates }: PreferenceUpdates,
  context: WorkerContext,
): Promise<void> {
  const consent: ConsentSave[] = [];
  for (const { update } of updates) {
    if (update.case === "consent") consent.push(update.value);
    if (update.case === "hmac") {
      const { key, cycledAtNs } = update.value;
      const hmacKey = create(HmacKeySaveSchema, { key, cycledAtNs });
      await mergeHmacRoot(hmacKey, context);
    }
  }
  await mergeConsentRecords(consent, context);
}

/** The newest wins, as in an archive. */
async function mergeConsentRecords(
  consent: readonly ConsentSave[],
  { history, clock, updates }: WorkerContext,
): Promise<void> {
  const page = { groups: [], messages: [], consent };
  await history.mergePage(page, mergeRows(nowNs(clock)));
  updates.publish({ type: "preferences" });
}

/** The newest wins, as in an archive. */
export async function mergeHmacRoot(
  hmacKey: HmacKeySave,
  { history, clock, updates }: WorkerContext,
): Promise<void> {
  const page = { groups: [], messages: [], consent: [], hmacKey };
  await history.mergePage(page, mergeRows(nowNs(clock)));
  updates.publish({ type: "preferences" });
}

export function consentUpdates(
  records: readonly ConsentSave[],
): PreferenceUpdates {
  return create(PreferenceUpdatesSchema, {
    updates: records.map((value) =>
      create(PreferenceUpdateSchema, { update: { case: "consent", value } }),
    ),
  });
}

export function hmacKeyUpdate({
  key,
  cycledAtNs,
}: HmacKeySave): PreferenceUpdates {
  const value = create(HmacKeyUpdateSchema, { key, cycledAtNs });
  return create(PreferenceUpdatesSchema, {
    updates: [{ update: { case: "hmac", value } }],
  });
}
