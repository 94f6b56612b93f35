import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Extension, extensionTypes } from "@history-sync/mls-group";
import {
  concatBytes,
  equalBytes,
  type InboxId,
  type InstallationId,
  idBytes,
  type RandomBytes,
  toHex,
} from "@history-sync/primitives";
import {
  ConversationType,
  type GroupMembership,
  GroupMembershipSchema,
  type GroupMetadataV1,
  GroupMetadataV1Schema,
  GroupMutableMetadataV1Schema,
} from "@history-sync/proto/message-contents";
import { SyncGroupError } from "./errors.js";
import { encodeDefaultPermissions } from "./permissions.js";

// Lists of u16 (RFC 9420 section 7.2): the extensions ff01 ff00 ff02 f000 000a 0001, the proposal 0007, credential 0001.
const requiredCapabilities = Uint8Array.of(
  ...[
    12, 0xff, 0x01, 0xff, 0x00, 0xff, 0x02, 0xf0, 0x00, 0x00, 0x0a, 0x00, 0x01,
  ],
  ...[2, 0x00, 0x07],
  ...[2, 0x00, 0x01],
);

const commitLogSignerBytes = 32;

/** What a new sync group starts with, in XMTP's order; its creator is a member at sequence id 0. */
export function newSyncGroupExtensions(
  inboxId: InboxId,
  randomBytes: RandomBytes,
): readonly Extension[] {
  const immutable = create(GroupMetadataV1Schema, {
    conversationType: ConversationType.SYNC,
    creatorInboxId: inboxId,
  });
  const mutable = create(GroupMutableMetadataV1Schema, {
    attributes: {
      group_name: "",
      description: "",
      group_image_url_square: "",
      app_data: "",
      _commit_log_signer: toHex(randomBytes(commitLogSignerBytes)),
    },
    adminList: {},
    superAdminList: { inboxIds: [inboxId] },
  });
  return [
    {
      type: extensionTypes.immutableMetadata,
      data: tlsOpaque(toBinary(GroupMetadataV1Schema, immutable)),
    },
    {
      type: extensionTypes.mutableMetadata,
      data: toBinary(GroupMutableMetadataV1Schema, mutable),
    },
    membershipExtension({ inboxId, sequenceId: 0n, failed: [] }),
    { type: extensionTypes.permissions, data: encodeDefaultPermissions() },
    { type: extensionTypes.requiredCapabilities, data: requiredCapabilities },
  ];
}

/** What the leaf of a key package bears: the inbox. */
export function applicationId(inboxId: InboxId): Extension {
  const data = tlsOpaque(new TextEncoder().encode(inboxId));
  return { type: extensionTypes.applicationId, data };
}

export interface Membership {
  readonly inboxId: InboxId;
  readonly sequenceId: bigint;
  /** Installations of the inbox that couldn't be added. */
  readonly failed: readonly InstallationId[];
}

/** The extensions with another membership, which moves to the end; the very same ones if it is in them already. */
export function withMembership(
  current: readonly Extension[],
  membership: Membership,
): readonly Extension[] {
  const wanted = membershipExtension(membership);
  const had = current.find(({ type }) => type === wanted.type);
  if (had && equalBytes(had.data, wanted.data)) return current;
  return [...current.filter(({ type }) => type !== wanted.type), wanted];
}

/** The sequence id of the inbox that the group is at; 0 when it names none. Throws `invalid-content`. */
export function sequenceIdIn(
  extensions: readonly Extension[],
  inboxId: InboxId,
): bigint {
  return readMembership(extensions).members[inboxId] ?? 0n;
}

/** Whether the group says of itself that it is a sync group of this inbox. */
export function isSyncGroupOf(
  extensions: readonly Extension[],
  inboxId: InboxId,
): boolean {
  try {
    const { conversationType, creatorInboxId } = readImmutable(extensions);
    return (
      conversationType === ConversationType.SYNC && creatorInboxId === inboxId
    );
  } catch (error) {
    if (error instanceof SyncGroupError) return false;
    throw error;
  }
}

function readMembership(extensions: readonly Extension[]): GroupMembership {
  return decoded(
    "membership",
    dataOf(extensions, extensionTypes.membership),
    (data) => fromBinary(GroupMembershipSchema, data),
  );
}

function readImmutable(extensions: readonly Extension[]): GroupMetadataV1 {
  const data = dataOf(extensions, extensionTypes.immutableMetadata);
  return decoded("metadata", data, (data) =>
    fromBinary(GroupMetadataV1Schema, fromTlsOpaque(data)),
  );
}

function membershipExtension({
  inboxId,
  sequenceId,
  failed,
}: Membership): Extension {
  const membership = create(GroupMembershipSchema, {
    members: { [inboxId]: sequenceId },
    failedInstallations: failed.toSorted().map(idBytes),
  });
  return {
    type: extensionTypes.membership,
    data: toBinary(GroupMembershipSchema, membership),
  };
}

function dataOf(extensions: readonly Extension[], wanted: number): Uint8Array {
  const data = extensions.find(({ type }) => type === wanted)?.data;
  if (data) return data;
  throw new SyncGroupError(
    "invalid-content",
    `expected an extension 0x${wanted.toString(16)}, got none of ${extensions.length}`,
  );
}

function decoded<Value>(
  what: string,
  data: Uint8Array,
  decode: (data: Uint8Array) => Value,
): Value {
  try {
    return decode(data);
  } catch (cause) {
    throw new SyncGroupError(
      "invalid-content",
      `expected a group's ${what}, got ${data.length} bytes that are none`,
      { cause },
    );
  }
}

// A vector with its length before it (RFC 9420 section 2.1.2): 1 byte up to 63, 2 bytes up to 16,383.
const maxShortLength = 0x3f;
const twoByteLength = 0x40;

function tlsOpaque(data: Uint8Array): Uint8Array {
  const { length } = data;
  const prefix =
    length <= maxShortLength
      ? [length]
      : [twoByteLength | (length >> 8), length & 0xff];
  return concatBytes(Uint8Array.from(prefix), data);
}

function fromTlsOpaque(bytes: Uint8Array): Uint8Array {
  const [first = 0, second = 0] = bytes;
  const [start, length] =
    first <= maxShortLength
      ? [1, first]
      : [2, ((first ^ twoByteLength) << 8) | second];
  if (bytes.length === start + length) return bytes.subarray(start);
  throw new SyncGroupError(
    "invalid-content",
    `expected ${start + length} bytes of a vector, got ${bytes.length}`,
  );
}
