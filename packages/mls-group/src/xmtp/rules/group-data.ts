import type { Extension } from "../../parameters.js";
import {
  type ImmutableMetadata,
  readImmutableMetadata,
} from "../immutable-metadata.js";
import { type Membership, readMembership } from "../membership.js";
import {
  type MutableMetadata,
  readMutableMetadata,
} from "../mutable-metadata.js";
import { type Permissions, readPermissions } from "../permissions.js";

/** All that XMTP keeps in a group. */
export interface GroupData {
  readonly immutable: ImmutableMetadata;
  readonly mutable: MutableMetadata;
  readonly membership: Membership;
  readonly permissions: Permissions;
}

/** Throws `invalid-group-data` unless all of it is there and can be read. */
export function readGroupData(extensions: readonly Extension[]): GroupData {
  return {
    immutable: readImmutableMetadata(extensions),
    mutable: readMutableMetadata(extensions),
    membership: readMembership(extensions),
    permissions: readPermissions(extensions),
  };
}
