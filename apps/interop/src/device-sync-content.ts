import { create } from "@bufbuild/protobuf";
import { nowNs, systemClock } from "@history-sync/primitives";
import {
  ConsentSaveSchema,
  ConsentStateSave,
  ConsentTypeSave,
  PreferenceUpdateSchema,
  PreferenceUpdatesSchema,
} from "@history-sync/proto/device-sync";
import type { SyncContent } from "@history-sync/sync-group";

/** Returns the content of a preference update that denies a user. */
export function denied(inboxId: string): SyncContent {
  const consent = create(ConsentSaveSchema, {
    entityType: ConsentTypeSave.INBOX_ID,
    state: ConsentStateSave.DENIED,
    entity: inboxId,
    consentedAtNs: nowNs(systemClock),
  });
  const update = create(PreferenceUpdateSchema, {
    update: { case: "consent", value: consent },
  });
  return {
    case: "preferenceUpdates",
    value: create(PreferenceUpdatesSchema, { updates: [update] }),
  };
}

/** The inboxes and conversations that a message decides about. */
export function decidedIn(content: SyncContent): readonly string[] {
  if (content.case !== "preferenceUpdates") return [];
  return content.value.updates.flatMap(({ update }) =>
    update.case === "consent" ? [update.value.entity] : [],
  );
}
