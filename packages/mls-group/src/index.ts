export type {
  AuthenticationService,
  JoinedGroup,
  Member,
  ProposedCommit,
} from "./authentication-service.js";
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
} from "./delivery-service.js";
export { MlsGroupError, type MlsGroupErrorCode } from "./errors.js";
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
} from "./group-state-store.js";
export type {
  Circumstances,
  MembershipChange,
  MembershipChanged,
} from "./membership.js";
export type { MlsGroup } from "./mls-group.js";
export {
  type InstallationOptions,
  type MlsInstallation,
  openInstallation,
} from "./mls-installation.js";
export type { Sending } from "./outbox.js";
export { type Extension, extensionTypes } from "./parameters.js";
export type { MlsPorts } from "./ports.js";
