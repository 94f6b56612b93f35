import { create } from "@bufbuild/protobuf";
import {
  type GroupSave,
  GroupSaveSchema,
  ImmutableMetadataSaveSchema,
  MutableMetadataSaveSchema,
} from "@history-sync/proto/device-sync";
import {
  bytes,
  type Columns,
  encodeUnknown,
  integer,
  optional,
  type RowCodec,
  text,
  withUnknown,
} from "./row-codec.js";

export const groupRow: RowCodec<GroupSave> = {
  encode: (group) => ({
    id: group.id,
    created_at_ns: group.createdAtNs,
    membership_state: group.membershipState,
    installations_last_checked: group.installationsLastChecked,
    added_by_inbox_id: group.addedByInboxId,
    welcome_id: group.welcomeId ?? null,
    rotated_at_ns: group.rotatedAtNs,
    conversation_type: group.conversationType,
    dm_id: group.dmId ?? null,
    last_message_ns: group.lastMessageNs ?? null,
    message_disappear_from_ns: group.messageDisappearFromNs ?? null,
    message_disappear_in_ns: group.messageDisappearInNs ?? null,
    creator_inbox_id: group.metadata?.creatorInboxId ?? null,
    attributes: json(group.mutableMetadata?.attributes),
    admin_list: json(group.mutableMetadata?.adminList),
    super_admin_list: json(group.mutableMetadata?.superAdminList),
    paused_for_version: group.pausedForVersion ?? null,
    unknown: encodeUnknown(GroupSaveSchema, group),
    metadata_unknown: group.metadata
      ? encodeUnknown(ImmutableMetadataSaveSchema, group.metadata)
      : null,
    mutable_metadata_unknown: group.mutableMetadata
      ? encodeUnknown(MutableMetadataSaveSchema, group.mutableMetadata)
      : null,
  }),
  decode: (columns) => {
    const group = create(GroupSaveSchema, {
      id: bytes(columns.id),
      createdAtNs: integer(columns.created_at_ns),
      membershipState: Number(columns.membership_state),
      installationsLastChecked: integer(columns.installations_last_checked),
      addedByInboxId: text(columns.added_by_inbox_id),
      ...optional("welcomeId", columns.welcome_id, integer),
      rotatedAtNs: integer(columns.rotated_at_ns),
      conversationType: Number(columns.conversation_type),
      ...optional("dmId", columns.dm_id, text),
      ...optional("lastMessageNs", columns.last_message_ns, integer),
      ...optional(
        "messageDisappearFromNs",
        columns.message_disappear_from_ns,
        integer,
      ),
      ...optional(
        "messageDisappearInNs",
        columns.message_disappear_in_ns,
        integer,
      ),
      ...metadataOf(columns),
      ...mutableMetadataOf(columns),
      ...optional("pausedForVersion", columns.paused_for_version, text),
    });
    return withUnknown(GroupSaveSchema, group, columns.unknown);
  },
};

function metadataOf(columns: Columns): Pick<GroupSave, "metadata"> {
  const { creator_inbox_id: creator, metadata_unknown: unknown } = columns;
  if (typeof creator !== "string") return {};
  const metadata = create(ImmutableMetadataSaveSchema, {
    creatorInboxId: creator,
  });
  return {
    metadata: withUnknown(ImmutableMetadataSaveSchema, metadata, unknown),
  };
}

function mutableMetadataOf(
  columns: Columns,
): Pick<GroupSave, "mutableMetadata"> {
  const { attributes, admin_list, super_admin_list } = columns;
  if (typeof attributes !== "string") return {};
  const mutableMetadata = create(MutableMetadataSaveSchema, {
    attributes: JSON.parse(attributes),
    adminList: JSON.parse(text(admin_list)),
    superAdminList: JSON.parse(text(super_admin_list)),
  });
  return {
    mutableMetadata: withUnknown(
      MutableMetadataSaveSchema,
      mutableMetadata,
      columns.mutable_metadata_unknown,
    ),
  };
}

function json(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
