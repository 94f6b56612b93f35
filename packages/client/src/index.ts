export type { TopicHmacKey } from "@history-sync/mls-group/xmtp";
export { Client } from "./client.js";
export {
  type Environment,
  historySyncUrls,
} from "./connection/environments.js";
export { Conversation } from "./conversations/conversation.js";
export type {
  ConversationDebugInfo,
  ConversationMember,
} from "./conversations/conversation-info.js";
export {
  Conversations,
  type ConversationUpdate,
  type ListOptions,
} from "./conversations/conversations.js";
export type {
  GroupPermissions,
  NewGroupOptions,
} from "./conversations/new-group.js";
export type { SyncSummary } from "./conversations/sync-all.js";
export { type ClientOptions, createClient } from "./create-client.js";
export { ClientError, type ClientErrorCode } from "./errors.js";
export type { ExportedHistory } from "./history/archives.js";
export type {
  HistorySettings,
  NewInstallations,
} from "./history/device-sync.js";
export {
  HistoryRequests,
  type OlderOptions,
} from "./history/history-requests.js";
export type { InboxSigner } from "./identity/inbox.js";
export type { InboxState } from "./identity/inbox-state.js";
export { type ContentType, encodeText } from "./messages/content.js";
export type { DeliveryStatus, Message } from "./messages/message.js";
export type { MessagesOptions } from "./messages/message-page.js";
export type { SendOptions } from "./messages/outbox.js";
export type {
  Consent,
  ConsentEntityType,
  ConsentState,
} from "./preferences/consent.js";
export type { PreferenceUpdate } from "./preferences/preference-changes.js";
export { Preferences } from "./preferences/preferences.js";
