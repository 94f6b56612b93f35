/** The number of past epochs with messages that can still be read; XMTP's `max_past_epochs`. */
export const pastEpochs = 3n;

/** The length of a group id. The group's creator chooses the id. */
export const groupIdBytes = 16;

/** The length of an Ed25519 seed. */
export const signatureKeyBytes = 32;

/** An MLS extension by its number: of a group, a leaf or a key package. */
export interface Extension {
  readonly type: number;
  readonly data: Uint8Array;
}

/** Extension numbers of RFC 9420 section 17.3, of the MLS extensions draft (last resort) and of XMTP. */
export const extensionTypes = {
  applicationId: 0x0001,
  requiredCapabilities: 0x0003,
  lastResort: 0x000a,
  immutableMetadata: 0xf000,
  mutableMetadata: 0xff00,
  membership: 0xff01,
  permissions: 0xff02,
  welcomeWrapper: 0xff03,
} as const;

/** Extensions up to this number are those of RFC 9420: every leaf supports them without listing them (section 7.2). */
export const lastDefaultExtension = 0x0005;

/** The proposal type that changes the group's extensions. */
export const groupContextExtensionsProposal = 0x0007;

/** The capabilities of XMTP's key packages, in XMTP's order. */
export const keyPackageExtensionTypes: readonly number[] = [
  extensionTypes.lastResort,
  extensionTypes.applicationId,
  extensionTypes.permissions,
  extensionTypes.mutableMetadata,
  extensionTypes.membership,
  extensionTypes.welcomeWrapper,
  extensionTypes.immutableMetadata,
];

/** The capabilities of a group creator's leaf, in XMTP's order. */
export const creatorExtensionTypes: readonly number[] = [
  extensionTypes.membership,
  extensionTypes.mutableMetadata,
  extensionTypes.permissions,
  extensionTypes.immutableMetadata,
  extensionTypes.lastResort,
  extensionTypes.applicationId,
];

const dayMs = 24 * 60 * 60 * 1000;

/** XMTP's value: a member that hasn't committed for this long renews its keys before it sends. */
export const keyUpdateIntervalMs: number = 30 * dayMs;

/** A key package is valid from an hour before its creation, for installations with a slow clock. */
export const keyPackageHeadStartMs: number = 60 * 60 * 1000;
/** The lifetime of a key package: XMTP's 84 days. */
export const keyPackageLifetimeMs: number = 84 * dayMs;
/** The age at which a key package is renewed, well before its lifetime ends. */
export const keyPackageRotationMs: number = 30 * dayMs;
/** XMTP's value: one renewal for all Welcomes that arrive together. */
export const renewalAfterWelcomeMs = 5_000;
/** XMTP's value: a member that has fetched a key package before its renewal has this long to use it. */
export const retiredKeyPackageMs: number = dayMs;
