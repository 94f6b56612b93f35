import type { InboxId } from "@history-sync/primitives";
import { describe, expect, test } from "vitest";
import { credentialOf, xmtpGroupRules } from "../../src/xmtp/index.js";
import {
  alix,
  alix1,
  alix2,
  alix3,
  alix4,
  alixLaptop,
  alixTablet,
  atBo,
  atBoTablet,
  atCaro,
  bo,
  bo1,
  bo3,
  boIsAdmin,
  type CommitFields,
  caro,
  caro1,
  commit,
  inboxes,
  inboxesAt,
  newSyncGroup,
  twoSuperAdmins,
} from "./commits.js";

const rules = xmtpGroupRules({ states: inboxes.log });

const refused: Record<string, readonly [fields: CommitFields, why: RegExp]> = {
  "extensions must parse": [
    {
      change: (all) =>
        all.map((one) =>
          one.type === 0xff02 ? { ...one, data: one.data.slice(0, -1) } : one,
        ),
    },
    /permissions/,
  ],
  "the membership must stay": [
    { change: (all) => all.filter(({ type }) => type !== 0xff01) },
    /0xff01/,
  ],
  "sequence ids must not fall": [
    {
      change: inboxesAt([
        [alix.id, alix1],
        [bo.id, bo1],
      ]),
      removed: [alixLaptop],
    },
    /a sequence id of 2 or more/,
  ],
  "sequence ids must be of the inbox's own log": [
    {
      added: [alixTablet],
      change: inboxesAt([
        [alix.id, caro1],
        [bo.id, bo1],
      ]),
    },
    /a sequence id of the inbox's log/,
  ],
  "an inbox isn't added at 0": [
    {
      change: inboxesAt([
        [alix.id, alix2],
        [bo.id, bo1],
        [caro.id, 0n],
      ]),
    },
    /a sequence id of the inbox's log, got 0/,
  ],
  "an inbox that nobody created isn't added": [
    {
      change: inboxesAt([
        [alix.id, alix2],
        [bo.id, bo1],
        ["00".repeat(32) as InboxId, 1n],
      ]),
    },
    /a sequence id of the inbox's log/,
  ],
  "an Add needs a new sequence id": [{ added: [alixTablet] }, /1 others added/],
  "an Add must be of an inbox in the membership": [
    { added: [atCaro] },
    /1 others added/,
  ],
  "an Add must bear its own inbox": [
    {
      added: [{ ...alixTablet, credential: credentialOf(bo.id) }],
      change: inboxesAt([
        [alix.id, alix3],
        [bo.id, bo1],
      ]),
    },
    /1 others added/,
  ],
  "an Add must bear an inbox at all": [
    {
      added: [{ ...alixTablet, credential: new Uint8Array(3) }],
      change: inboxesAt([
        [alix.id, alix3],
        [bo.id, bo1],
      ]),
    },
    /names an inbox/,
  ],
  "who was revoked must be removed": [
    {
      added: [alixTablet],
      change: inboxesAt([
        [alix.id, alix4],
        [bo.id, bo1],
      ]),
    },
    /the 1 installations removed/,
  ],
  "who wasn't revoked must not be removed": [
    { in: boIsAdmin, by: atBo, removed: [alixLaptop] },
    /the 0 installations removed/,
  ],
  "not even a super admin removes an installation for good": [
    { removed: [alixLaptop] },
    /the 0 installations removed/,
  ],
  "an inbox is removed whole": [
    { change: inboxesAt([[alix.id, alix2]]) },
    /the 1 installations removed/,
  ],
  "only a super admin takes an installation out and in again": [
    {
      in: boIsAdmin,
      by: atBo,
      added: [alixLaptop],
      removed: [alixLaptop],
    },
    /the 0 installations removed/,
  ],
  "only a super admin takes one out that can't be added again": [
    {
      in: boIsAdmin,
      by: atBo,
      removed: [alixLaptop],
      change: inboxesAt(
        [
          [alix.id, alix2],
          [bo.id, bo1],
        ],
        [alixLaptop],
      ),
    },
    /the 0 installations removed/,
  ],
  "a revoked installation can't commit its own end": [
    {
      by: atBo,
      added: [atBoTablet],
      removed: [atBo],
      change: inboxesAt([
        [alix.id, alix2],
        [bo.id, bo3],
      ]),
    },
    /a committer of the inbox's 1 installations/,
  ],
  "a committer must be in its inbox at the id of the membership": [
    { by: alixTablet },
    /a committer of the inbox's 2 installations/,
  ],
  "a commit that doesn't lift its creator's id says nothing about it": [
    { in: newSyncGroup },
    /a sequence id of the inbox's log, got 0/,
  ],
  "a committer's inbox must stay": [
    {
      removed: [atBo],
      in: twoSuperAdmins,
      by: atBo,
      change: inboxesAt([[alix.id, alix2]]),
    },
    /a committer whose inbox stays/,
  ],
};

describe("a commit is refused", () => {
  test.each(Object.entries(refused))("%s", async (_, [fields, why]) => {
    await expect(rules.reviewCommit(commit(fields))).rejects.toMatchObject({
      code: "refused-commit",
      message: expect.stringMatching(why),
    });
  });
});
