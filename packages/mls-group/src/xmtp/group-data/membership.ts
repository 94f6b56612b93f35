import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  equalBytes,
  type InboxId,
  type InstallationId,
  idBytes,
  inboxId,
  installationIdOf,
} from "@history-sync/primitives";
import { GroupMembershipSchema } from "@history-sync/proto/message-contents";
import { type Extension, extensionTypes } from "../../parameters.js";
import { readExtension, withExtension } from "./extension-data.js";

/** The inboxes in a group (extension 0xff01). */
export interface Membership {
  /** The update of each inbox's identity log that its leaves follow; 0 before the group's first commit. */
  readonly sequenceIds: ReadonlyMap<InboxId, bigint>;
  /** Installations of these inboxes that are not in the tree, because they couldn't be added. */
  readonly failedInstallations: ReadonlySet<InstallationId>;
}

const installationIdBytes = 32;

/**
 * Reads the membership.
 *
 * @throws {MlsGroupError} `invalid-group-data`
 */
export function readMembership(extensions: readonly Extension[]): Membership {
  return readExtension(
    extensions,
    { type: extensionTypes.membership, what: "membership" },
    (data) => {
      const { members, failedInstallations } = fromBinary(
        GroupMembershipSchema,
        data,
      );
      return {
        sequenceIds: new Map(
          Object.entries(members).map(([id, at]) => [inboxId(id), at]),
        ),
        // libxmtp accepts any bytes here, so that to refuse some would split the group. No installation has them as
        // its id.
        failedInstallations: new Set(
          failedInstallations
            .filter(({ length }) => length === installationIdBytes)
            .map(installationIdOf),
        ),
      };
    },
  );
}

/**
 * Returns the extension. Maps have no order on the wire; here they are sorted, so that the same membership gives the
 * same bytes.
 */
export function membershipExtension({
  sequenceIds,
  failedInstallations,
}: Membership): Extension {
  const membership = create(GroupMembershipSchema, {
    members: Object.fromEntries([...sequenceIds].sort()),
    failedInstallations: [...failedInstallations].sort().map(idBytes),
  });
  return {
    type: extensionTypes.membership,
    data: toBinary(GroupMembershipSchema, membership),
  };
}

/** Returns the extensions with another membership, or the very same ones if they have it already. */
export function withMembership(
  extensions: readonly Extension[],
  membership: Membership,
): readonly Extension[] {
  const wanted = membershipExtension(membership);
  const current = membershipExtension(readMembership(extensions));
  return equalBytes(current.data, wanted.data)
    ? extensions
    : withExtension(extensions, wanted);
}
