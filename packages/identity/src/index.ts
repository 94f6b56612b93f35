export {
  type AdmitOptions,
  type AdmittedUpdate,
  admitUpdate,
  type LogSoFar,
} from "./admit-update.js";
export { applyUpdate } from "./apply-update.js";
export {
  completeUpdate,
  type DraftAction,
  type DraftFields,
  draftUpdate,
  type SignatureOf,
  signUpdate,
  type UpdateDraft,
} from "./draft.js";
export {
  addIdentifier,
  addInstallation,
  type ByMember,
  type ByRecovery,
  type CreateInboxOptions,
  changeRecovery,
  createInbox,
  firstNonce,
  revokeInstallations,
  revokeMembers,
} from "./drafts.js";
export { IdentityError, type IdentityErrorCode } from "./errors.js";
export {
  type FoldLogOptions,
  type FoldOptions,
  foldLog,
  foldSteps,
  type InboxSnapshot,
} from "./fold-log.js";
export {
  ethereum,
  type Identifier,
  type InstallationIdentifier,
  installation,
  type MemberIdentifier,
  memberKey,
  passkey,
  sameMember,
} from "./identifier.js";
export {
  type IdentityLog,
  type IdentityLogOptions,
  type IdentityLogPorts,
  type InboxInstallations,
  identityLog,
  type StateOptions,
} from "./identity-log.js";
export type {
  CallOptions,
  IdentityService,
  LogEntry,
} from "./identity-service.js";
export type {
  AddAssociation,
  ChangeRecovery,
  CreateInbox,
  IdentityUpdate,
  RevokeAssociation,
  SignedAction,
  UnsignedAction,
  UnsignedUpdate,
  UpdateOf,
} from "./identity-update.js";
export { inboxIdOf } from "./inbox-id.js";
export {
  type InboxMember,
  type InboxState,
  installationsOf,
  type MembersChanged,
  memberOf,
  membersChanged,
} from "./inbox-state.js";
export {
  defaultIdentityLimits,
  type IdentityLimits,
  maxInstallations,
  maxLogEntries,
} from "./limits.js";
export { type RegistrationOptions, registration } from "./registration.js";
export type {
  DelegatedSignature,
  Erc191Signature,
  InstallationKeySignature,
  PasskeySignature,
  Signature,
  SmartContractSignature,
  VerifiedSignature,
} from "./signature.js";
export { signatureText } from "./signature-text.js";
export type {
  InstallationSigner,
  PasskeyAssertion,
  PasskeySigner,
  Signer,
  UpdateSigner,
} from "./signer.js";
export type {
  SmartContractQuestion,
  SmartContractVerifier,
} from "./smart-contract-verifier.js";
export { installationKeyContext } from "./verify/installation-key.js";
export {
  type VerifyOptions,
  verifySignature,
} from "./verify/verify-signature.js";
export { type VerifiedUpdate, verifyUpdate } from "./verify/verify-update.js";
export { decodeUpdate } from "./wire/decode-update.js";
export { encodeUpdate } from "./wire/encode-update.js";
