import {
  BackupElementSelection,
  ConsentStateSave,
  ConsentTypeSave,
  ConversationTypeSave,
} from "@history-sync/proto/device-sync";

/** The name for values that this version doesn't know. */
const other = "other";

export function conversationTypeName(type: ConversationTypeSave): string {
  return nameOf(type, [
    [ConversationTypeSave.GROUP, "group"],
    [ConversationTypeSave.DM, "dm"],
    [ConversationTypeSave.SYNC, "sync"],
  ]);
}

export function consentTypeName(type: ConsentTypeSave): string {
  return nameOf(type, [
    [ConsentTypeSave.CONVERSATION_ID, "conversation"],
    [ConsentTypeSave.INBOX_ID, "inbox"],
  ]);
}

export function consentStateName(state: ConsentStateSave): string {
  return nameOf(state, [
    [ConsentStateSave.ALLOWED, "allowed"],
    [ConsentStateSave.DENIED, "denied"],
    [ConsentStateSave.UNKNOWN, "unknown"],
  ]);
}

export function selectionName(selection: BackupElementSelection): string {
  return nameOf(selection, [
    [BackupElementSelection.MESSAGES, "messages"],
    [BackupElementSelection.CONSENT, "consent"],
  ]);
}

function nameOf<Value>(
  value: Value,
  names: readonly (readonly [Value, string])[],
): string {
  return names.find(([known]) => known === value)?.[1] ?? other;
}
