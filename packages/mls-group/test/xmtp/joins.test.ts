import { idBytes } from "@history-sync/primitives";
import { describe, expect, test } from "vitest";
import type { Member } from "../../src/index.js";
import type { JoinedGroup } from "../../src/ports/authentication-service.js";
import {
  allMembers,
  credentialOf,
  inboxOf,
  metadataFields,
  withAdmin,
  withPermissions,
  xmtpGroupRules,
} from "../../src/xmtp/index.js";
import {
  alix,
  alix1,
  alix2,
  alix3,
  alixLaptop,
  alixPhone,
  alixTablet,
  atBo,
  atCaro,
  attribute,
  bo,
  bo1,
  type Change,
  caro,
  caro1,
  commit,
  dm,
  type Group,
  group,
  inboxes,
  inboxesAt,
  newSyncGroup,
  syncGroup,
} from "./commits.js";

const rules = xmtpGroupRules({ states: inboxes.log });

interface JoinFields {
  readonly in?: Group;
  readonly by?: Member;
  readonly members?: readonly Member[];
  readonly change?: Change;
}

/** The default group that Alix' laptop is added to. */
function joined(fields: JoinFields): JoinedGroup {
  const { groupId, epoch } = commit({});
  const { extensions, members } = fields.in ?? group;
  return {
    groupId,
    epoch,
    extensions: fields.change ? fields.change(extensions) : extensions,
    members: fields.members ?? members,
    self: fields.by ?? alixLaptop,
  };
}

const allowed: Record<string, JoinFields> = {
  "a group with all installations of its inboxes": {},
  "a group without one that failed": {
    members: [alixLaptop, atBo],
    change: inboxesAt(
      [
        [alix.id, alix2],
        [bo.id, bo1],
      ],
      [alixPhone],
    ),
  },
  "a group at an earlier place of a log": {
    in: syncGroup,
    by: alixPhone,
    members: [alixPhone],
    change: inboxesAt([[alix.id, alix1]]),
  },
  "a DM": { in: dm, by: atBo },
  "a sync group": { in: syncGroup },
  "a group that asks for a later release": {
    change: attribute(metadataFields.minimumProtocolVersion, "9.0.0"),
  },
};

const refused: Record<string, readonly [fields: JoinFields, why: RegExp]> = {
  "no group of XMTP's": [{ change: () => [] }, /0xf000/],
  "somebody in the tree who is in no inbox": [
    { members: [...group.members, atCaro] },
    /the 3 installations of 2 inboxes/,
  ],
  "somebody in the tree under another inbox": [
    {
      members: [
        alixPhone,
        alixLaptop,
        { ...atBo, credential: credentialOf(alix.id) },
      ],
    },
    /the 3 installations of 2 inboxes/,
  ],
  "somebody in the tree under no inbox": [
    {
      members: [
        alixPhone,
        alixLaptop,
        { ...atBo, credential: new Uint8Array() },
      ],
    },
    /names an inbox/,
  ],
  "an installation that came later": [
    { members: [...group.members, alixTablet] },
    /the 3 installations of 2 inboxes/,
  ],
  "an installation missing": [
    {
      change: inboxesAt([
        [alix.id, alix3],
        [bo.id, bo1],
      ]),
    },
    /the 4 installations of 2 inboxes/,
  ],
  "one in the tree that failed": [
    {
      change: inboxesAt(
        [
          [alix.id, alix2],
          [bo.id, bo1],
        ],
        [alixPhone],
      ),
    },
    /the 2 installations of 2 inboxes/,
  ],
  "a sequence id of no log": [
    { change: inboxesAt([[alix.id, caro1]]) },
    /a sequence id of the inbox's log/,
  ],
  "a group before its first commit": [
    { in: newSyncGroup, by: alixPhone },
    /a sequence id of the inbox's log, got 0/,
  ],
  "a DM of two others": [{ in: dm, by: atCaro }, /a DM of this inbox/],
  "a DM with a third": [
    {
      in: dm,
      by: atBo,
      members: [...dm.members, atCaro],
      change: inboxesAt([
        [alix.id, alix1],
        [bo.id, bo1],
        [caro.id, caro1],
      ]),
    },
    /only its two members/,
  ],
  "a DM with an admin": [
    { in: dm, by: atBo, change: (all) => withAdmin(all, alix.id) },
    /a DM without admins/,
  ],
  "a DM that others can be brought into": [
    { in: dm, by: atBo, change: (all) => withPermissions(all, allMembers) },
    /whose members and rights are fixed/,
  ],
  "a sync group that another inbox made": [
    {
      in: syncGroup,
      by: atBo,
    },
    /a sync group of this inbox/,
  ],
  "a sync group with another inbox in it": [
    {
      in: syncGroup,
      members: [...syncGroup.members, atBo],
      change: inboxesAt([
        [alix.id, alix2],
        [bo.id, bo1],
      ]),
    },
    /a sync group of this inbox/,
  ],
};

describe("a group is joined", () => {
  test.each(Object.entries(allowed))("%s", async (_, fields) => {
    await rules.reviewJoin(joined(fields));
  });
});

describe("a group isn't joined", () => {
  test.each(Object.entries(refused))("%s", async (_, [fields, why]) => {
    await expect(rules.reviewJoin(joined(fields))).rejects.toMatchObject({
      code: "invalid-welcome",
      message: expect.stringMatching(why),
    });
  });
});

test("a leaf is vouched for by the log of the inbox that it names", async () => {
  const vouched = ({ credential, installationId }: Member) =>
    rules.validate(credential, idBytes(installationId));
  expect(inboxOf(alixTablet.credential)).toBe(alix.id);
  expect(await vouched(alixTablet)).toBe(true);
  const { installationId } = alixTablet;
  for (const credential of [
    credentialOf(bo.id),
    new TextEncoder().encode("no inbox"),
    new Uint8Array(3),
  ]) {
    expect(await vouched({ installationId, credential })).toBe(false);
  }
  const shortKey = idBytes(installationId).subarray(1);
  expect(await rules.validate(alixTablet.credential, shortKey)).toBe(false);
});
