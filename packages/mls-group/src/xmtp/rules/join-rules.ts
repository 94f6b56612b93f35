import type { JoinedGroup } from "../../ports/authentication-service.js";
import { invalid } from "../group-data/extension-data.js";
import { type GroupData, readGroupData } from "./group-data.js";
import type { InboxStates } from "./inbox-states.js";
import { installationsOf } from "./installations-of.js";
import { expectDm, expectOwnInboxOnly } from "./kind-rules.js";
import { inboxOfMember, installationOf, leafOf, sameSet } from "./leaf.js";

/**
 * What a libxmtp installation asks of a group that it is added to. Throws `invalid-group-data` for one that is to be
 * refused. That a group asks for a later release is told by its next commit: to refuse it here would lose the group.
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

/** In the tree are all installations of the inboxes at their sequence ids, but for those that failed, and nobody else. */
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
