export type { MlsPorts } from "./context.js";
export { MlsGroupError, type MlsGroupErrorCode } from "./errors.js";
export type { MlsGroup } from "./group/mls-group.js";
export {
  type InstallationOptions,
  type MlsInstallation,
  openInstallation,
} from "./mls-installation.js";
export { type Extension, extensionTypes } from "./parameters.js";
export type {
  AuthenticationService,
  JoinedGroup,
  Member,
  ProposedCommit,
} from "./ports/authentication-service.js";
export type {
  Delivered,
  DeliveryOptions,
  DeliveryService,
  GroupMessageOptions,
  OutgoingWelcome,
  Page,
  Topic,
  TopicPosition,
  WelcomeHeader,
} from "./ports/delivery-service.js";
export type {
  EngineState,
  Fork,
  ForkReason,
  GroupRecord,
  GroupStateChanges,
  GroupStateStore,
  HeldRecord,
  InstallationRecord,
  KeyPackageRecord,
  KeyPair,
  OutboxPhase,
  OutboxRecord,
  PendingCommit,
  Readded,
  ReceivedRecord,
} from "./ports/group-state-store.js";
export type { EpochClaim, EpochComparison } from "./receiving/fork.js";
export type {
  Circumstances,
  MembershipChange,
  MembershipChanged,
} from "./sending/membership.js";
export type { Sending } from "./sending/outbox.js";
