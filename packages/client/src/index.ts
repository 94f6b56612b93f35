export type { TopicHmacKey } from "@history-sync/mls-group/xmtp";
export { Client, type ExportedHistory } from "./client.js";
export {
  type Environment,
  historySyncUrls,
} from "./connection/environments.js";
export type {
  Consent,
  ConsentEntityType,
  ConsentState,
} from "./consent.js";
export { type ContentType, encodeText } from "./conversations/content.js";
export {
  Conversation,
  type MessagesOptions,
} from "./conversations/conversation.js";
export {
  Conversations,
  type ConversationUpdate,
  type ListOptions,
  type NewGroupOptions,
} from "./conversations/conversations.js";
export type { ConversationDebugInfo } from "./conversations/debug-info.js";
export type { DeliveryStatus, Message } from "./conversations/message.js";
export type { ConversationMember } from "./conversations/metadata.js";
export type { SendOptions } from "./conversations/outbox.js";
export type { SyncSummary } from "./conversations/sync-all.js";
export { type ClientOptions, createClient } from "./create-client.js";
export type { NewInstallations } from "./device-sync.js";
export { ClientError, type ClientErrorCode } from "./errors.js";
export { HistoryRequests, type OlderOptions } from "./history-requests.js";
export type { InboxSigner } from "./identity/inbox.js";
export type { InboxState } from "./identity/inbox-state.js";
export type { PreferenceUpdate } from "./preference-changes.js";
export { Preferences } from "./preferences.js";
