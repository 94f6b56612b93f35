import type { JoinedGroup } from "../../ports/authentication-service.js";
import { invalid } from "../group-data/extension-data.js";
import { type GroupData, readGroupData } from "./group-data.js";
import type { InboxStates } from "./inbox-states.js";
import { installationsOf } from "./installations-of.js";
import { expectDm, expectOwnInboxOnly } from "./kind-rules.js";
import { inboxOfMember, installationOf, leafOf, sameSet } from "./leaf.js";

/**
 * Checks a group that a Welcome offers, as libxmtp does. A group that requires a later release is accepted here,
 * since a refusal would lose it: its next commit reports that.
 *
 * @throws {MlsGroupError} `invalid-group-data`
 */
export async function expectJoinableGroup(
  { extensions, members, self }: JoinedGroup,
  states: InboxStates,
): Promise<void> {
  const group = readGroupData(extensions);
  const own = inboxOfMember(self);
  expectOwnInboxOnly(group, own);
  expectDm(group, own);
  await expectExactTree(group, members, states);
}

/** Checks that the tree has exactly the installations of the inboxes at their sequence ids, except failed ones. */
async function expectExactTree(
  { membership: { sequenceIds, failedInstallations } }: GroupData,
  members: JoinedGroup["members"],
  states: InboxStates,
): Promise<void> {
  const known = await installationsOf([...sequenceIds], states);
  const expected = new Set(
    [...known].filter((leaf) => !failedInstallations.has(installationOf(leaf))),
  );
  const present = new Set(members.map(leafOf));
  if (sameSet(expected, present)) return;
  throw invalid(
    `the ${expected.size} installations of ${sequenceIds.size} inboxes`,
    `a tree of ${present.size}, or of others`,
  );
}
