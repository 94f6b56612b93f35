/** The last epochs whose messages can still be read; XMTP's `max_past_epochs`. */
export const pastEpochs = 3n;

/** A group id is chosen by whoever creates the group. */
export const groupIdBytes = 16;

/** An Ed25519 seed. */
export const signatureKeyBytes = 32;

/** An MLS extension by its number, of a group, a leaf or a key package. */
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

/** Extensions up to this number are RFC 9420's own: every leaf can do them without saying so (section 7.2). */
export const lastDefaultExtension = 0x0005;

/** The proposal to change the group's extensions. */
export const groupContextExtensionsProposal = 0x0007;

/** What XMTP's key packages say they can do, in its order. */
export const keyPackageExtensionTypes: readonly number[] = [
  extensionTypes.lastResort,
  extensionTypes.applicationId,
  extensionTypes.permissions,
  extensionTypes.mutableMetadata,
  extensionTypes.membership,
  extensionTypes.welcomeWrapper,
  extensionTypes.immutableMetadata,
];

/** What the leaf of a group's creator says it can do, in XMTP's order. */
export const creatorExtensionTypes: readonly number[] = [
  extensionTypes.membership,
  extensionTypes.mutableMetadata,
  extensionTypes.permissions,
  extensionTypes.immutableMetadata,
  extensionTypes.lastResort,
  extensionTypes.applicationId,
];

const dayMs = 24 * 60 * 60 * 1000;

/** XMTP's: a member that hasn't committed for so long renews its keys before it sends. */
export const keyUpdateIntervalMs: number = 30 * dayMs;

/** A key package counts from an hour ago, for installations whose clock is late. */
export const keyPackageHeadStartMs: number = 60 * 60 * 1000;
/** XMTP's 84 days. */
export const keyPackageLifetimeMs: number = 84 * dayMs;
/** Well before the lifetime ends. */
export const keyPackageRotationMs: number = 30 * dayMs;
/** XMTP's: one renewal for all Welcomes that come together. */
export const renewalAfterWelcomeMs = 5_000;
/** XMTP's: whoever fetched a key package before it was renewed has this long to use it. */
export const retiredKeyPackageMs: number = dayMs;
