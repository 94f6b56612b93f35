import { create } from "@bufbuild/protobuf";
import { mergeConsent, mergeRows } from "@history-sync/archive";
import { type Clock, groupId, nowNs } from "@history-sync/primitives";
import {
  type ConsentSave,
  ConsentSaveSchema,
  ConsentStateSave,
  ConsentTypeSave,
} from "@history-sync/proto/device-sync";
import type { HistoryStore } from "@history-sync/store";
import { groupIdsOf } from "../groups/conversation-key.js";

export type ConsentEntityType = "conversation" | "inbox";
export type ConsentState = "unknown" | "allowed" | "denied";

/** What the user decided about a conversation (by group id; all groups of a DM count as one) or a person (by inbox id). */
export interface Consent {
  readonly entityType: ConsentEntityType;
  readonly entity: string;
  readonly state: ConsentState;
}

const consentTypes: Readonly<Record<ConsentEntityType, ConsentTypeSave>> = {
  conversation: ConsentTypeSave.CONVERSATION_ID,
  inbox: ConsentTypeSave.INBOX_ID,
};

const states = {
  unknown: ConsentStateSave.UNKNOWN,
  allowed: ConsentStateSave.ALLOWED,
  denied: ConsentStateSave.DENIED,
} as const;

export function consentRow(
  { entityType, entity, state }: Consent,
  consentedAtNs: bigint,
): ConsentSave {
  return create(ConsentSaveSchema, {
    entityType: consentTypes[entityType],
    entity,
    state: states[state],
    consentedAtNs,
  });
}

/** Nobody has decided anything where there is no row. */
export function consentStateOf(row: ConsentSave | undefined): ConsentState {
  switch (row?.state) {
    case ConsentStateSave.ALLOWED:
      return "allowed";
    case ConsentStateSave.DENIED:
      return "denied";
    default:
      return "unknown";
  }
}

/** What a decision is about: of a DM's group all groups of the DM. */
export async function sharingConsent(
  { entityType, entity }: Pick<Consent, "entityType" | "entity">,
  history: HistoryStore,
): Promise<readonly string[]> {
  if (entityType === "inbox") return [entity];
  return groupIdsOf(groupId(entity), history);
}

/** The newest record about any of these. */
export async function newestConsent(
  entityType: ConsentEntityType,
  entities: readonly string[],
  history: HistoryStore,
): Promise<ConsentSave | undefined> {
  let newest: ConsentSave | undefined;
  for (const entity of entities) {
    const record = await history.consent(consentTypes[entityType], entity);
    newest =
      newest && record ? mergeConsent(newest, record) : (newest ?? record);
  }
  return newest;
}

/** The decisions in rows; other kinds of rows, as old archives have them, are left out. */
export function consentsOf(rows: readonly ConsentSave[]): readonly Consent[] {
  return rows.flatMap((row) => {
    const entityType = entityTypes.get(row.entityType);
    const state = consentStateOf(row);
    return entityType ? [{ entityType, entity: row.entity, state }] : [];
  });
}

const entityTypes = new Map<ConsentTypeSave, ConsentEntityType>([
  [ConsentTypeSave.CONVERSATION_ID, "conversation"],
  [ConsentTypeSave.INBOX_ID, "inbox"],
]);

/** The newest decision wins, as everywhere. */
export async function keepConsent(
  consent: readonly ConsentSave[],
  history: HistoryStore,
  clock: Clock,
): Promise<void> {
  const page = { groups: [], messages: [], consent };
  await history.mergePage(page, mergeRows(nowNs(clock)));
}
