import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { GroupMutablePermissionsV1Schema } from "@history-sync/proto/message-contents";
import { type Extension, extensionTypes } from "../../parameters.js";
import { invalid, readExtension, withExtension } from "./extension-data.js";
import type { Policy } from "./policy.js";
import {
  membershipPolicies,
  metadataPolicies,
  permissionsPolicies,
} from "./policy-codec.js";

/** The policies of a group: which members may do what (extension 0xff02). */
export interface Permissions {
  readonly addMember: Policy;
  readonly removeMember: Policy;
  /**
   * The policies by attribute. An attribute that isn't listed is for admins, or for super admins if its name starts
   * with `_`.
   */
  readonly updateMetadata: ReadonlyMap<string, Policy>;
  readonly addAdmin: Policy;
  readonly removeAdmin: Policy;
  /** Is on the wire only: super admins change permissions, whatever this says. */
  readonly updatePermissions: Policy;
}

/**
 * Reads the permissions.
 *
 * @throws {MlsGroupError} `invalid-group-data`
 */
export function readPermissions(extensions: readonly Extension[]): Permissions {
  return readExtension(
    extensions,
    { type: extensionTypes.permissions, what: "permissions" },
    (data) => {
      const { policies } = fromBinary(GroupMutablePermissionsV1Schema, data);
      if (policies === undefined) throw invalid("policies", "none");
      return {
        addMember: membershipPolicies.read(policies.addMemberPolicy),
        removeMember: membershipPolicies.read(policies.removeMemberPolicy),
        updateMetadata: new Map(
          Object.entries(policies.updateMetadataPolicy).map(
            ([field, policy]) => [field, metadataPolicies.read(policy)],
          ),
        ),
        addAdmin: permissionsPolicies.read(policies.addAdminPolicy),
        removeAdmin: permissionsPolicies.read(policies.removeAdminPolicy),
        updatePermissions: permissionsPolicies.read(
          policies.updatePermissionsPolicy,
        ),
      };
    },
  );
}

/**
 * Returns the extension. Attributes are sorted, so that the same permissions give the same bytes.
 *
 * @throws {MlsGroupError} `invalid-group-data` for a policy that has no number
 */
export function permissionsExtension(permissions: Permissions): Extension {
  const { updateMetadata } = permissions;
  const message = create(GroupMutablePermissionsV1Schema, {
    policies: {
      addMemberPolicy: membershipPolicies.write(permissions.addMember),
      removeMemberPolicy: membershipPolicies.write(permissions.removeMember),
      updateMetadataPolicy: Object.fromEntries(
        [...updateMetadata.keys()]
          .sort()
          .map((field) => [
            field,
            metadataPolicies.write(updateMetadata.get(field) ?? "deny"),
          ]),
      ),
      addAdminPolicy: permissionsPolicies.write(permissions.addAdmin),
      removeAdminPolicy: permissionsPolicies.write(permissions.removeAdmin),
      updatePermissionsPolicy: permissionsPolicies.write(
        permissions.updatePermissions,
      ),
    },
  });
  return {
    type: extensionTypes.permissions,
    data: toBinary(GroupMutablePermissionsV1Schema, message),
  };
}

/** Returns the extensions of a group with these permissions in place of its present ones. */
export function withPermissions(
  extensions: readonly Extension[],
  permissions: Permissions,
): readonly Extension[] {
  return withExtension(extensions, permissionsExtension(permissions));
}

/** Returns the policy for changing or removing an attribute. */
export function metadataPolicy(
  { updateMetadata }: Permissions,
  field: string,
): Policy {
  const unlisted = field.startsWith("_") ? "super-admin" : "admin";
  return updateMetadata.get(field) ?? unlisted;
}
