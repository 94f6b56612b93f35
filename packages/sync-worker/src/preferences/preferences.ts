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
import type { WorkerContext } from "../context/ports.js";

// XMTP's root key: the HMAC keys of every conversation's push topics are derived from it.
export const hmacKeyBytes = 42;

type HistoryPorts = Pick<WorkerContext, "clock" | "history" | "updates">;

/** Merges the preferences that an installation of the inbox, perhaps this one, has sent. */
export async function applyPreferenceUpdates(
  { updates }: PreferenceUpdates,
  context: HistoryPorts,
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

/** Merges consent records as those of an archive: the latest wins. */
async function mergeConsentRecords(
  consent: readonly ConsentSave[],
  { history, clock, updates }: HistoryPorts,
): Promise<void> {
  const page = { groups: [], messages: [], consent };
  await history.mergePage(page, mergeRows(nowNs(clock)));
  updates.publish({ type: "preferences" });
}

/** Merges an HMAC key as that of an archive: the latest wins. */
export async function mergeHmacRoot(
  hmacKey: HmacKeySave,
  { history, clock, updates }: HistoryPorts,
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
