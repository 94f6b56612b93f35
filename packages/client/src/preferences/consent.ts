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

/** The subject of a consent record: a conversation or a user. */
export type ConsentEntityType = "conversation" | "inbox";
/** The decision of a consent record. `unknown`: no decision yet. */
export type ConsentState = "unknown" | "allowed" | "denied";

/** The user's decision about a conversation (by group id; all groups of a DM count as one) or a user (by inbox id). */
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

/** Returns `unknown` without a row. */
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

/** Returns the entities that share a decision: all groups of a DM, or only the entity itself. */
export async function sharingConsent(
  { entityType, entity }: Pick<Consent, "entityType" | "entity">,
  history: HistoryStore,
): Promise<readonly string[]> {
  if (entityType === "inbox") return [entity];
  return groupIdsOf(groupId(entity), history);
}

/** Returns the newest record about any of these entities. */
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

/** Returns the decisions in rows, without the other kinds that old archives have. */
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

/** Stores decisions; of two about one entity the newest wins. */
export async function keepConsent(
  consent: readonly ConsentSave[],
  history: HistoryStore,
  clock: Clock,
): Promise<void> {
  const page = { groups: [], messages: [], consent };
  await history.mergePage(page, mergeRows(nowNs(clock)));
}
