import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { InboxId } from "@history-sync/primitives";
import {
  GroupMembershipSchema,
  GroupMutableMetadataV1Schema,
} from "@history-sync/proto/message-contents";
import { describe, expect, test } from "vitest";
import { extensionTypes } from "../../src/index.js";
import {
  adminOnly,
  allMembers,
  metadataFields,
  withAdmin,
  withoutAdmin,
  withoutSuperAdmin,
  withPermissions,
  withSuperAdmin,
  xmtpGroupRules,
} from "../../src/xmtp/index.js";
import {
  alix,
  alix1,
  alix2,
  alixLaptop,
  alixPhone,
  atBo,
  atCaro,
  attribute,
  bo,
  bo1,
  boIsAdmin,
  type Change,
  type CommitFields,
  caro,
  caro1,
  commit,
  dm,
  governedBy,
  inboxes,
  inboxesAt,
  newDm,
  syncGroup,
  twoSuperAdmins,
} from "./commits.js";

const rules = xmtpGroupRules({ states: inboxes.log });

const refused: Record<string, readonly [fields: CommitFields, why: RegExp]> = {
  "members are added by who may": [
    {
      in: governedBy(adminOnly),
      by: atBo,
      added: [atCaro],
      change: inboxesAt([
        [alix.id, alix2],
        [bo.id, bo1],
        [caro.id, caro1],
      ]),
    },
    /who may add members/,
  ],
  "members are removed by who may": [
    {
      by: atBo,
      removed: [alixPhone, alixLaptop],
      change: inboxesAt([[bo.id, bo1]]),
    },
    /who may remove members/,
  ],
  "a super admin can't be removed": [
    {
      in: twoSuperAdmins,
      removed: [atBo],
      change: inboxesAt([[alix.id, alix2]]),
    },
    /super admins to stay/,
  ],
  "attributes are changed by who may": [
    {
      in: governedBy(adminOnly),
      by: atBo,
      change: attribute(metadataFields.name, "Bo's"),
    },
    /who may change the attribute group_name/,
  ],
  "attributes are removed by who may": [
    {
      in: governedBy(adminOnly),
      by: atBo,
      change: attribute(metadataFields.name, undefined),
    },
    /who may change the attribute group_name/,
  ],
  "an attribute without a policy is for admins": [
    { by: atBo, change: attribute("colour", "red") },
    /who may change the attribute colour/,
  ],
  "a hidden attribute is for super admins": [
    {
      in: boIsAdmin,
      by: atBo,
      change: attribute(metadataFields.commitLogSigner, "00"),
    },
    /who may change the attribute _commit_log_signer/,
  ],
  "permissions are those of before": [
    {
      by: atBo,
      in: governedBy(adminOnly),
      change: (all) =>
        withPermissions(
          attribute(metadataFields.name, "Bo's")(all),
          allMembers,
        ),
    },
    /who may change the attribute group_name/,
  ],
  "admins are named by who may": [
    { by: atBo, change: (all) => withAdmin(all, bo.id) },
    /who may add admins/,
  ],
  "admins are dismissed by who may": [
    {
      in: boIsAdmin,
      by: atBo,
      change: (all) => withoutAdmin(all, bo.id),
    },
    /who may remove admins/,
  ],
  "super admins are named by super admins": [
    {
      in: boIsAdmin,
      by: atBo,
      change: (all) => withSuperAdmin(all, bo.id),
    },
    /who may change super admins/,
  ],
  "super admins are dismissed by super admins": [
    { by: atBo, change: (all) => withoutSuperAdmin(all, alix.id) },
    /who may change super admins/,
  ],
  "the last super admin stays": [
    { change: (all) => withoutSuperAdmin(all, alix.id) },
    /a super admin to remain/,
  ],
  "permissions are changed by super admins": [
    {
      in: boIsAdmin,
      by: atBo,
      change: (all) => withPermissions(all, adminOnly),
    },
    /who may change permissions/,
  ],
  "permissions can't let others change permissions": [
    {
      in: governedBy({ ...allMembers, updatePermissions: "admin" }),
      by: atBo,
      change: (all) => withPermissions(all, adminOnly),
    },
    /who may change permissions/,
  ],
  "in a DM nobody else is brought in": [
    {
      in: newDm,
      added: [atCaro],
      change: inboxesAt([
        [alix.id, alix1],
        [caro.id, caro1],
      ]),
    },
    /who may add members/,
  ],
  "in a DM the other comes alone": [
    {
      in: newDm,
      added: [atBo, atCaro],
      change: inboxesAt([
        [alix.id, alix1],
        [bo.id, bo1],
        [caro.id, caro1],
      ]),
    },
    /who may add members/,
  ],
  "in a DM the other comes alone, whichever is named first": [
    {
      in: newDm,
      added: [atCaro, atBo],
      change: withoutSorting([
        [bo.id, bo1],
        [caro.id, caro1],
        [alix.id, alix1],
      ]),
    },
    /who may add members/,
  ],
  "in a DM nobody brings itself in": [
    {
      in: { ...newDm, extensions: inboxesAt([])(newDm.extensions) },
      change: inboxesAt([[alix.id, alix1]]),
    },
    /who may add members/,
  ],
  "in a DM nobody is removed": [
    {
      in: dm,
      removed: [atBo],
      change: inboxesAt([[alix.id, alix1]]),
    },
    /who may remove members/,
  ],
  "a sync group takes nobody of another inbox": [
    {
      in: syncGroup,
      added: [atBo],
      change: inboxesAt([
        [alix.id, alix2],
        [bo.id, bo1],
      ]),
    },
    /a sync group of this inbox/,
  ],
  "a version must be one": [
    { change: attribute(metadataFields.minimumProtocolVersion, "1.x.0") },
    /a version such as/,
  ],
};

const lengths = [
  [metadataFields.name, 100],
  [metadataFields.description, 1_000],
  [metadataFields.imageUrl, 2_048],
  [metadataFields.appData, 8_192],
] as const;
for (const [name, max] of lengths) {
  // The updater refuses it; bytes of another member don't pass through it.
  refused[`${name} has at most ${max} bytes`] = [
    { change: withAnyValue(name, "x".repeat(max + 1)) },
    new RegExp(`at most ${max} bytes`),
  ];
}

describe("a commit beyond the committer's rights is refused", () => {
  test.each(Object.entries(refused))("%s", async (_, [fields, why]) => {
    await expect(rules.reviewCommit(commit(fields))).rejects.toMatchObject({
      code: "refused-commit",
      message: expect.stringMatching(why),
    });
  });
});

/** The membership with its inboxes on the wire in this order. */
function withoutSorting(at: readonly (readonly [InboxId, bigint])[]): Change {
  const members = Object.fromEntries(at);
  const data = toBinary(
    GroupMembershipSchema,
    create(GroupMembershipSchema, { members }),
  );
  return (extensions) =>
    extensions.map((extension) =>
      extension.type === extensionTypes.membership
        ? { ...extension, data }
        : extension,
    );
}

function withAnyValue(name: string, value: string): Change {
  return (extensions) =>
    extensions.map(({ type, data }) => {
      if (type !== extensionTypes.mutableMetadata) return { type, data };
      const metadata = fromBinary(GroupMutableMetadataV1Schema, data);
      metadata.attributes[name] = value;
      return { type, data: toBinary(GroupMutableMetadataV1Schema, metadata) };
    });
}
