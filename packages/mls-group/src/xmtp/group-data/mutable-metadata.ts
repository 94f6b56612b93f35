import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { InboxId } from "@history-sync/primitives";
import {
  type GroupMutableMetadataV1,
  GroupMutableMetadataV1Schema,
  type Inboxes,
} from "@history-sync/proto/message-contents";
import { type Extension, extensionTypes } from "../../parameters.js";
import { invalid, readExtension, withExtension } from "./extension-data.js";

/** The names of XMTP's attributes. */
export const metadataFields = {
  name: "group_name",
  description: "description",
  imageUrl: "group_image_url_square",
  appData: "app_data",
  disappearFromNs: "message_disappear_from_ns",
  disappearInNs: "message_disappear_in_ns",
  minimumProtocolVersion: "minimum_supported_protocol_version",
  commitLogSigner: "_commit_log_signer",
} as const;

/** The longest values that XMTP accepts, in bytes of UTF-8. */
export const maxMetadataBytes: ReadonlyMap<string, number> = new Map([
  [metadataFields.name, 100],
  [metadataFields.description, 1_000],
  [metadataFields.imageUrl, 2_048],
  [metadataFields.appData, 8_192],
]);

/** A group's name and other attributes, and its admins (extension 0xff00). */
export interface MutableMetadata {
  /** The attributes by their names on the wire: see `metadataFields`. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Inbox ids as the group has them. They may be malformed, or name no member. */
  readonly admins: readonly string[];
  readonly superAdmins: readonly string[];
}

/**
 * Reads the mutable metadata.
 *
 * @throws {MlsGroupError} `invalid-group-data`
 */
export function readMutableMetadata(
  extensions: readonly Extension[],
): MutableMetadata {
  const { attributes, adminList, superAdminList } = readWire(extensions);
  return {
    attributes: new Map(Object.entries(attributes)),
    admins: adminList.inboxIds,
    superAdmins: superAdminList.inboxIds,
  };
}

export function mutableMetadataExtension({
  attributes,
  admins,
  superAdmins,
}: MutableMetadata): Extension {
  return extensionOf(
    create(GroupMutableMetadataV1Schema, {
      attributes: Object.fromEntries(attributes),
      adminList: { inboxIds: [...admins] },
      superAdminList: { inboxIds: [...superAdmins] },
    }),
  );
}

/**
 * Returns the extensions with one attribute set, or without it for `undefined`.
 *
 * @throws {MlsGroupError} `invalid-group-data` for a value that is too long
 */
export function withMetadata(
  extensions: readonly Extension[],
  field: string,
  value: string | undefined,
): readonly Extension[] {
  return changed(extensions, (metadata) => {
    delete metadata.attributes[field];
    if (value === undefined) return;
    expectFits(field, value);
    metadata.attributes[field] = value;
  });
}

/** Returns the extensions with one more admin. The group's permissions have to allow the change. */
export function withAdmin(
  extensions: readonly Extension[],
  inboxId: InboxId,
): readonly Extension[] {
  return changed(extensions, ({ adminList }) => {
    adminList.inboxIds = [...without(adminList.inboxIds, inboxId), inboxId];
  });
}

/** Returns the extensions of a group without this inbox among its admins. */
export function withoutAdmin(
  extensions: readonly Extension[],
  inboxId: InboxId,
): readonly Extension[] {
  return changed(extensions, ({ adminList }) => {
    adminList.inboxIds = without(adminList.inboxIds, inboxId);
  });
}

/** Returns the extensions of a group with this inbox among its super admins. */
export function withSuperAdmin(
  extensions: readonly Extension[],
  inboxId: InboxId,
): readonly Extension[] {
  return changed(extensions, ({ superAdminList: list }) => {
    list.inboxIds = [...without(list.inboxIds, inboxId), inboxId];
  });
}

/** Returns the extensions of a group without this inbox among its super admins. */
export function withoutSuperAdmin(
  extensions: readonly Extension[],
  inboxId: InboxId,
): readonly Extension[] {
  return changed(extensions, ({ superAdminList: list }) => {
    list.inboxIds = without(list.inboxIds, inboxId);
  });
}

/**
 * Checks the length of an attribute's value.
 *
 * @throws {MlsGroupError} `invalid-group-data` for a value that is longer than XMTP accepts
 */
export function expectFits(field: string, value: string): void {
  const max = maxMetadataBytes.get(field);
  const { length } = new TextEncoder().encode(value);
  if (max === undefined || length <= max) return;
  throw invalid(`at most ${max} bytes of ${field}`, `${length}`);
}

type Lists = Readonly<Record<"adminList" | "superAdminList", Inboxes>>;

// Changes the message itself, so that unknown fields stay in it.
function changed(
  extensions: readonly Extension[],
  change: (metadata: GroupMutableMetadataV1 & Lists) => void,
): readonly Extension[] {
  const metadata = readWire(extensions);
  change(metadata);
  return withExtension(extensions, extensionOf(metadata));
}

function readWire(
  extensions: readonly Extension[],
): GroupMutableMetadataV1 & Lists {
  return readExtension(
    extensions,
    { type: extensionTypes.mutableMetadata, what: "mutable metadata" },
    (data) => {
      const metadata = fromBinary(GroupMutableMetadataV1Schema, data);
      const { adminList, superAdminList } = metadata;
      if (adminList === undefined || superAdminList === undefined) {
        throw invalid("a list of admins and one of super admins", "less");
      }
      return Object.assign(metadata, { adminList, superAdminList });
    },
  );
}

function extensionOf(metadata: GroupMutableMetadataV1): Extension {
  return {
    type: extensionTypes.mutableMetadata,
    data: toBinary(GroupMutableMetadataV1Schema, metadata),
  };
}

function without(ids: readonly string[], id: string): string[] {
  return ids.filter((one) => one !== id);
}
