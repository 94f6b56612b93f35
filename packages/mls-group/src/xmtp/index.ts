export { applicationId, credentialOf, inboxOf } from "./credential.js";
export {
  type ConversationKind,
  dmId,
  type ImmutableMetadata,
  isSyncGroupOf,
  type ReaddRequest,
  readImmutableMetadata,
} from "./group-data/immutable-metadata.js";
export {
  type Membership,
  readMembership,
  withMembership,
} from "./group-data/membership.js";
export {
  type MutableMetadata,
  maxMetadataBytes,
  metadataFields,
  readMutableMetadata,
  withAdmin,
  withMetadata,
  withoutAdmin,
  withoutSuperAdmin,
  withSuperAdmin,
} from "./group-data/mutable-metadata.js";
export {
  type NewConversationOptions,
  type NewGroupOptions,
  newDmExtensions,
  newGroupExtensions,
  newReaddRequestExtensions,
  newSyncGroupExtensions,
} from "./group-data/new-group.js";
export {
  metadataPolicy,
  type Permissions,
  readPermissions,
  withPermissions,
} from "./group-data/permissions.js";
export { allows, type Policy, type PolicyActor } from "./group-data/policy.js";
export {
  adminOnly,
  allMembers,
  dmPermissions,
} from "./group-data/preset-permissions.js";
export {
  encodeLeaveRequest,
  isLeaveRequest,
} from "./messages/leave-request.js";
export {
  type OpenedMessage,
  unwrapMessage,
  wrapMessage,
  xmtpMessageId,
} from "./messages/message-envelope.js";
export {
  hmacPeriod,
  hmacRootBytes,
  senderHmac,
  type TopicHmacKey,
  topicHmacKeys,
} from "./messages/sender-hmac.js";
export type { InboxStates } from "./rules/inbox-states.js";
export { protocolVersion } from "./rules/protocol-version.js";
export {
  type XmtpGroupRulesOptions,
  xmtpGroupRules,
} from "./rules/xmtp-group-rules.js";
export {
  type UpdateMembershipOptions,
  updateMembership,
  type WantedInboxes,
} from "./update-membership.js";
