import type { InboxId } from "@history-sync/primitives";
import { expect, test } from "vitest";
import type { Member, MembershipChange } from "../../src/index.js";
import { readMembership, xmtpGroupRules } from "../../src/xmtp/index.js";
import { membershipChange } from "../../src/xmtp/update-membership.js";
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
  atBoTablet,
  atCaro,
  bo,
  bo1,
  bo2,
  bo3,
  caro,
  caro1,
  commit,
  type Group,
  group,
  inboxes,
  inboxesAt,
  newSyncGroup,
} from "./commits.js";

const rules = xmtpGroupRules({ states: inboxes.log });
const everybody = [alixPhone, alixLaptop, alixTablet, atBo, atBoTablet, atCaro];

type At = readonly (readonly [InboxId, bigint])[];

interface Case {
  readonly in?: Group;
  readonly by?: Member;
  readonly wanted: At;
  readonly unavailable?: readonly Member[];
  readonly added?: readonly Member[];
  readonly removed?: readonly Member[];
  readonly failed?: readonly Member[];
}

const atFirst: At = [
  [alix.id, alix2],
  [bo.id, bo1],
];

const cases: Record<string, Case> = {
  "the first commit of a group": {
    in: newSyncGroup,
    wanted: [[alix.id, alix2]],
    added: [alixLaptop],
  },
  "nothing new": { wanted: atFirst },
  "one came and one went, in one commit": {
    wanted: [
      [alix.id, alix4],
      [bo.id, bo1],
    ],
    added: [alixTablet],
    removed: [alixLaptop],
  },
  "another inbox comes": {
    wanted: [...atFirst, [caro.id, caro1]],
    added: [atCaro],
  },
  "an inbox goes": { wanted: [[alix.id, alix2]], removed: [atBo] },
  "one that came can't be added": {
    wanted: [
      [alix.id, alix3],
      [bo.id, bo1],
    ],
    unavailable: [alixTablet],
    failed: [alixTablet],
  },
  "one that failed goes, without ever having been in": {
    in: {
      members: [alixPhone, atBo],
      extensions: inboxesAt(atFirst, [alixLaptop])(group.extensions),
    },
    by: atBo,
    wanted: [
      [alix.id, alix4],
      [bo.id, bo1],
    ],
    added: [alixTablet],
    failed: [alixLaptop],
  },
  "one that failed stays out": {
    in: {
      members: [alixPhone, atBo],
      extensions: inboxesAt(atFirst, [alixLaptop])(group.extensions),
    },
    by: atBo,
    wanted: [
      [alix.id, alix3],
      [bo.id, bo1],
    ],
    added: [alixTablet],
    failed: [alixLaptop],
  },
  "two inboxes change at once": {
    wanted: [
      [alix.id, alix3],
      [bo.id, bo3],
    ],
    added: [alixTablet, atBoTablet],
    removed: [atBo],
  },
};

test.each(Object.entries(cases))(
  "%s: the rules allow the change, for members and for joiners",
  async (_, { in: from = group, by = alixPhone, wanted, ...expected }) => {
    const { add, remove, nextExtensions } = await planned(from, wanted, {
      unavailable: expected.unavailable ?? [],
    });
    const added = everybody.filter((one) => add.includes(one.installationId));
    const removed = everybody.filter((one) =>
      remove.includes(one.installationId),
    );
    expect(added).toEqual(expected.added ?? []);
    expect(removed).toEqual(expected.removed ?? []);
    const membership = readMembership(nextExtensions);
    expect(membership.sequenceIds).toEqual(new Map(wanted));
    expect([...membership.failedInstallations]).toEqual(
      (expected.failed ?? []).map(({ installationId }) => installationId),
    );

    const made = commit({ in: from, by, added, removed });
    await rules.reviewCommit({ ...made, nextExtensions });
    const { groupId, epoch } = made;
    const members = [...from.members, ...added].filter(
      (one) => !removed.includes(one),
    );
    for (const self of added) {
      const extensions = nextExtensions;
      await rules.reviewJoin({ groupId, epoch, extensions, members, self });
    }
  },
);

test("a plan for a membership that has changed since is given up", async () => {
  const { extensions } = await membershipChange(
    group,
    new Map([
      [alix.id, alix3],
      [bo.id, bo1],
    ]),
    inboxes.log,
  );
  const current = inboxesAt([
    [alix.id, alix4],
    [bo.id, bo2],
  ])(group.extensions);
  expect(() => asFunction(extensions)({ current, unavailable: [] })).toThrow(
    expect.objectContaining({ code: "commit-lost", retryable: true }),
  );
});

test("a sequence id that falls, or that no log has, is no plan", async () => {
  for (const at of [alix1, caro1, 99n]) {
    await expect(
      membershipChange(group, new Map([[alix.id, at]]), inboxes.log),
    ).rejects.toMatchObject({ code: "invalid-group-data" });
  }
});

async function planned(
  from: Group,
  wanted: At,
  { unavailable }: { readonly unavailable: readonly Member[] },
) {
  const change = await membershipChange(from, new Map(wanted), inboxes.log);
  const ids = unavailable.map(({ installationId }) => installationId);
  return {
    add: (change.add ?? []).filter((id) => !ids.includes(id)),
    remove: change.remove ?? [],
    nextExtensions: asFunction(change.extensions)({
      current: from.extensions,
      unavailable: ids,
    }),
  };
}

function asFunction(extensions: MembershipChange["extensions"]) {
  if (typeof extensions === "function") return extensions;
  throw new RangeError("the extensions depend on who is available");
}
