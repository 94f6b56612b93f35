export { applicationId, credentialOf, inboxOf } from "./credential.js";
export { dmId } from "./dm-id.js";
export {
  type ConversationKind,
  type ImmutableMetadata,
  isSyncGroupOf,
  type ReaddRequest,
  readImmutableMetadata,
} from "./immutable-metadata.js";
export { encodeLeaveRequest, isLeaveRequest } from "./leave-request.js";
export {
  type Membership,
  readMembership,
  withMembership,
} from "./membership.js";
export {
  type OpenedMessage,
  unwrapMessage,
  wrapMessage,
} from "./message-envelope.js";
export { xmtpMessageId } from "./message-id.js";
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
} from "./mutable-metadata.js";
export {
  type NewConversationOptions,
  type NewGroupOptions,
  newDmExtensions,
  newGroupExtensions,
  newReaddRequestExtensions,
  newSyncGroupExtensions,
} from "./new-group.js";
export {
  metadataPolicy,
  type Permissions,
  readPermissions,
  withPermissions,
} from "./permissions.js";
export { allows, type Policy, type PolicyActor } from "./policy.js";
export { adminOnly, allMembers, dmPermissions } from "./preset-permissions.js";
export type { InboxStates } from "./rules/inbox-states.js";
export { protocolVersion } from "./rules/protocol-version.js";
export {
  type XmtpGroupRulesOptions,
  xmtpGroupRules,
} from "./rules/xmtp-group-rules.js";
export {
  hmacPeriod,
  hmacRootBytes,
  senderHmac,
  type TopicHmacKey,
  topicHmacKeys,
} from "./sender-hmac.js";
export {
  type UpdateMembershipOptions,
  updateMembership,
  type WantedInboxes,
} from "./update-membership.js";
