import {
  concatBytes,
  type InboxId,
  type RandomBytes,
  toHex,
} from "@history-sync/primitives";
import {
  creatorExtensionTypes,
  type Extension,
  extensionTypes,
  groupContextExtensionsProposal,
} from "../../parameters.js";
import { encodeUint16Vector } from "../../wire/index.js";
import {
  type ImmutableMetadata,
  immutableMetadataExtension,
  type ReaddRequest,
} from "./immutable-metadata.js";
import { membershipExtension } from "./membership.js";
import {
  expectFits,
  metadataFields,
  mutableMetadataExtension,
} from "./mutable-metadata.js";
import { type Permissions, permissionsExtension } from "./permissions.js";
import { allMembers, dmPermissions } from "./preset-permissions.js";

const basicCredential = 0x0001;

/** The capabilities that every member of XMTP's groups must have (RFC 9420 section 11.1), in libxmtp's order. */
const requiredCapabilities: Extension = {
  type: extensionTypes.requiredCapabilities,
  data: concatBytes(
    encodeUint16Vector(creatorExtensionTypes),
    encodeUint16Vector([groupContextExtensionsProposal]),
    encodeUint16Vector([basicCredential]),
  ),
};

/** The options of every new conversation. */
export interface NewConversationOptions {
  readonly randomBytes: RandomBytes;
}

/** The metadata and the permissions of a new group. */
export interface NewGroupOptions extends NewConversationOptions {
  readonly name?: string;
  readonly description?: string;
  readonly imageUrl?: string;
  /** Default: XMTP's "all members". */
  readonly permissions?: Permissions;
}

const commitLogSignerBytes = 32;

const emptyGroupTexts = [
  [metadataFields.name, ""],
  [metadataFields.description, ""],
  [metadataFields.imageUrl, ""],
  [metadataFields.appData, ""],
] as const;

/**
 * Returns the extensions of a new group: its creator is the one super admin, and a member at sequence id 0, which the
 * first commit raises.
 *
 * @throws {MlsGroupError} `invalid-group-data` for a name or a text that is too long
 */
export function newGroupExtensions(
  creator: InboxId,
  options: NewGroupOptions,
): readonly Extension[] {
  const { name = "", description = "", imageUrl = "" } = options;
  return newExtensions({
    immutable: { kind: "group", creatorInboxId: creator },
    attributes: [
      [metadataFields.name, name],
      [metadataFields.description, description],
      [metadataFields.imageUrl, imageUrl],
      [metadataFields.appData, ""],
    ],
    superAdmins: [creator],
    permissions: options.permissions ?? allMembers,
    randomBytes: options.randomBytes,
  });
}

/** Returns the extensions of a new DM: it has no admins, and only its two inboxes can be in it. */
export function newDmExtensions(
  creator: InboxId,
  peer: InboxId,
  { randomBytes }: NewConversationOptions,
): readonly Extension[] {
  return newExtensions({
    immutable: {
      kind: "dm",
      creatorInboxId: creator,
      dmMembers: [creator, peer],
    },
    attributes: [
      [metadataFields.name, ""],
      [metadataFields.description, ""],
      [metadataFields.imageUrl, ""],
    ],
    superAdmins: [],
    permissions: dmPermissions,
    randomBytes,
  });
}

/** Returns the extensions of a new sync group. */
export function newSyncGroupExtensions(
  creator: InboxId,
  { randomBytes }: NewConversationOptions,
): readonly Extension[] {
  return newExtensions({
    immutable: { kind: "sync", creatorInboxId: creator },
    attributes: emptyGroupTexts,
    superAdmins: [creator],
    permissions: allMembers,
    randomBytes,
  });
}

/** Returns the extensions of a new one-shot group, by which an installation asks to be re-added to another group. */
export function newReaddRequestExtensions(
  creator: InboxId,
  readdRequest: ReaddRequest,
  { randomBytes }: NewConversationOptions,
): readonly Extension[] {
  return newExtensions({
    immutable: { kind: "oneshot", creatorInboxId: creator, readdRequest },
    attributes: emptyGroupTexts,
    superAdmins: [creator],
    permissions: allMembers,
    randomBytes,
  });
}

interface NewConversation {
  readonly immutable: ImmutableMetadata;
  readonly attributes: readonly (readonly [string, string])[];
  readonly superAdmins: readonly InboxId[];
  readonly permissions: Permissions;
  readonly randomBytes: RandomBytes;
}

// In libxmtp's order.
function newExtensions({
  immutable,
  attributes,
  superAdmins,
  permissions,
  randomBytes,
}: NewConversation): readonly Extension[] {
  for (const [field, value] of attributes) expectFits(field, value);
  const signer = toHex(randomBytes(commitLogSignerBytes));
  return [
    immutableMetadataExtension(immutable),
    mutableMetadataExtension({
      attributes: new Map([
        ...attributes,
        [metadataFields.commitLogSigner, signer],
      ]),
      admins: [],
      superAdmins,
    }),
    membershipExtension({
      sequenceIds: new Map([[immutable.creatorInboxId, 0n]]),
      failedInstallations: new Set(),
    }),
    permissionsExtension(permissions),
    requiredCapabilities,
  ];
}
