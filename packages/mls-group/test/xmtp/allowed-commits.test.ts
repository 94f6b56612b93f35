import { describe, test } from "vitest";
import {
  adminOnly,
  allMembers,
  metadataFields,
  withAdmin,
  withoutSuperAdmin,
  withPermissions,
  withSuperAdmin,
  xmtpGroupRules,
} from "../../src/xmtp/index.js";
import {
  alix,
  alix1,
  alix2,
  alix3,
  alix4,
  alixLaptop,
  alixPhone,
  alixTablet,
  atBo,
  atCaro,
  attribute,
  bo,
  bo1,
  boIsAdmin,
  type CommitFields,
  caro,
  caro1,
  commit,
  group,
  inboxes,
  inboxesAt,
  newDm,
  newSyncGroup,
  twoSuperAdmins,
} from "./commits.js";

const rules = xmtpGroupRules({ states: inboxes.log });

const allowed: Record<string, CommitFields> = {
  "new keys, and nothing else": { by: atBo },
  "the first commit lifts its creator's id and adds the inbox's others": {
    in: newSyncGroup,
    added: [alixLaptop],
    change: inboxesAt([[alix.id, alix2]]),
  },
  "the first commit lifts its creator's id, even when nobody is added": {
    in: newSyncGroup,
    change: inboxesAt([[alix.id, alix1]]),
  },
  "any member takes in what an inbox's log has got": {
    by: atBo,
    added: [alixTablet],
    removed: [alixLaptop],
    change: inboxesAt([
      [alix.id, alix4],
      [bo.id, bo1],
    ]),
  },
  "an installation that came and went between the ids": {
    in: {
      extensions: inboxesAt([[alix.id, alix1]])(group.extensions),
      members: [alixPhone],
    },
    added: [alixTablet],
    change: inboxesAt([[alix.id, alix4]]),
  },
  "an inbox is added with all its installations": {
    by: atBo,
    added: [atCaro],
    change: inboxesAt([
      [alix.id, alix2],
      [bo.id, bo1],
      [caro.id, caro1],
    ]),
  },
  "an installation that can't be added is left out": {
    added: [],
    change: inboxesAt(
      [
        [alix.id, alix3],
        [bo.id, bo1],
      ],
      [alixTablet],
    ),
  },
  "an installation that never got in needn't be removed": {
    in: { ...group, members: [alixPhone, atBo] },
    added: [alixTablet],
    change: inboxesAt(
      [
        [alix.id, alix4],
        [bo.id, bo1],
      ],
      [alixLaptop],
    ),
  },
  "an inbox is removed with all its installations": {
    removed: [atBo],
    change: inboxesAt([[alix.id, alix2]]),
  },
  "a super admin takes an installation out and in again": {
    added: [atBo],
    removed: [atBo],
  },
  "a super admin takes one out that can't be added again": {
    removed: [atBo],
    change: inboxesAt(
      [
        [alix.id, alix2],
        [bo.id, bo1],
      ],
      [atBo],
    ),
  },
  "any member names the group": {
    by: atBo,
    change: attribute(metadataFields.name, "x".repeat(100)),
  },
  "an admin sets when messages disappear": {
    in: boIsAdmin,
    by: atBo,
    change: attribute(metadataFields.disappearInNs, "1"),
  },
  "an admin removes a member": {
    in: {
      ...boIsAdmin,
      members: [...group.members, atCaro],
      extensions: inboxesAt([
        [alix.id, alix2],
        [bo.id, bo1],
        [caro.id, caro1],
      ])(boIsAdmin.extensions),
    },
    by: atBo,
    removed: [atCaro],
    change: inboxesAt([
      [alix.id, alix2],
      [bo.id, bo1],
    ]),
  },
  "a super admin names an admin, and another super admin": {
    change: (all) => withSuperAdmin(withAdmin(all, bo.id), caro.id),
  },
  "a super admin gives up its place to another": {
    in: twoSuperAdmins,
    change: (all) => withoutSuperAdmin(all, alix.id),
  },
  "a super admin changes permissions": {
    change: (all) => withPermissions(all, adminOnly),
  },
  "the same permissions in other bytes are no change": {
    by: atBo,
    change: (all) => withPermissions(all, allMembers),
  },
  "a release that this one is": {
    change: attribute(metadataFields.minimumProtocolVersion, "1.10.0"),
  },
  "either of a DM brings the other in": {
    in: newDm,
    added: [atBo],
    change: inboxesAt([
      [alix.id, alix1],
      [bo.id, bo1],
    ]),
  },
  "in a DM whoever is in it names it": {
    in: newDm,
    change: attribute(metadataFields.name, "us"),
  },
};

describe("a commit is allowed", () => {
  test.each(Object.entries(allowed))("%s", async (_, fields) => {
    await rules.reviewCommit(commit(fields));
  });
});
