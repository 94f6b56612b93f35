import { create, toBinary } from "@bufbuild/protobuf";
import {
  GroupMutablePermissionsV1Schema,
  MembershipPolicy_BasePolicy as MembershipBase,
  MetadataPolicy_MetadataBasePolicy as MetadataBase,
  PermissionsUpdatePolicy_PermissionsBasePolicy as PermissionsBase,
} from "@history-sync/proto/message-contents";

/** XMTP's policy "all members", which every sync group has. */
export function encodeDefaultPermissions(): Uint8Array {
  const anybody = metadata(MetadataBase.ALLOW);
  const admins = metadata(MetadataBase.ALLOW_IF_ADMIN);
  const superAdmins = {
    kind: {
      case: "base",
      value: PermissionsBase.ALLOW_IF_SUPER_ADMIN,
    },
  } as const;
  const permissions = create(GroupMutablePermissionsV1Schema, {
    policies: {
      addMemberPolicy: members(MembershipBase.ALLOW),
      removeMemberPolicy: members(MembershipBase.ALLOW_IF_ADMIN_OR_SUPER_ADMIN),
      updateMetadataPolicy: {
        group_name: anybody,
        description: anybody,
        group_image_url_square: anybody,
        app_data: anybody,
        message_disappear_from_ns: admins,
        message_disappear_in_ns: admins,
        minimum_supported_protocol_version: metadata(
          MetadataBase.ALLOW_IF_SUPER_ADMIN,
        ),
      },
      addAdminPolicy: superAdmins,
      removeAdminPolicy: superAdmins,
      updatePermissionsPolicy: superAdmins,
    },
  });
  return toBinary(GroupMutablePermissionsV1Schema, permissions);
}

function members(value: MembershipBase) {
  return { kind: { case: "base", value } } as const;
}

function metadata(value: MetadataBase) {
  return { kind: { case: "base", value } } as const;
}
