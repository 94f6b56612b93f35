import type { Extension } from "../../parameters.js";
import {
  type ImmutableMetadata,
  readImmutableMetadata,
} from "../group-data/immutable-metadata.js";
import { type Membership, readMembership } from "../group-data/membership.js";
import {
  type MutableMetadata,
  readMutableMetadata,
} from "../group-data/mutable-metadata.js";
import {
  type Permissions,
  readPermissions,
} from "../group-data/permissions.js";

/** All data of XMTP in a group. */
export interface GroupData {
  readonly immutable: ImmutableMetadata;
  readonly mutable: MutableMetadata;
  readonly membership: Membership;
  readonly permissions: Permissions;
}

/**
 * Reads all data of XMTP in a group.
 *
 * @throws {MlsGroupError} `invalid-group-data` if any of it is missing or can't be read
 */
export function readGroupData(extensions: readonly Extension[]): GroupData {
  return {
    immutable: readImmutableMetadata(extensions),
    mutable: readMutableMetadata(extensions),
    membership: readMembership(extensions),
    permissions: readPermissions(extensions),
  };
}
