import type { ProposedCommit } from "../../ports/authentication-service.js";
import { invalid } from "../group-data/extension-data.js";
import type { Membership } from "../group-data/membership.js";
import type { Actor } from "./actor.js";
import type { ExpectedChange } from "./expected-change.js";
import type { InboxStates } from "./inbox-states.js";
import { installationsOf } from "./installations-of.js";
import { installationOf, type Leaf, leafOf, sameSet, without } from "./leaf.js";

/**
 * Checks that a commit's Adds and Removes are those that the change of the membership requires. An Add may be
 * missing; a Remove may be missing only if its installation is listed as failed. A super admin may also remove and
 * add installations again.
 *
 * @throws {MlsGroupError} `invalid-group-data`
 */
export function expectInstallations(
  commit: ProposedCommit,
  expected: ExpectedChange,
  { failedInstallations }: Membership,
  { isSuperAdmin }: Actor,
): void {
  let added: ReadonlySet<Leaf> = new Set(commit.added.map(leafOf));
  let removed: ReadonlySet<Leaf> = new Set(commit.removed.map(leafOf));
  let failed = failedInstallations;
  if (isSuperAdmin) {
    const [inAgain, outAgain] = [
      without(added, removed),
      without(removed, added),
    ];
    const notIn = [...outAgain].filter((leaf) =>
      failed.has(installationOf(leaf)),
    );
    added = inAgain;
    removed = without(outAgain, new Set(notIn));
    failed = without(failed, new Set(notIn.map(installationOf)));
  }
  const members = new Set(commit.members.map(leafOf));
  const strangers = without(without(added, expected.added), members);
  if (strangers.size > 0) {
    throw invalid(
      `at most the ${expected.added.size} installations that came to the inboxes`,
      `${strangers.size} others added`,
    );
  }
  const toRemove = new Set(
    [...expected.removed].filter((leaf) => !failed.has(installationOf(leaf))),
  );
  if (!sameSet(removed, toRemove)) {
    throw invalid(
      `the ${toRemove.size} installations removed that left the inboxes`,
      `${removed.size}, or others`,
    );
  }
}

/**
 * Checks that the committer is an installation of its inbox at the sequence id that the commit names.
 *
 * @throws {MlsGroupError} `invalid-group-data`
 */
export async function expectCommitter(
  { inboxId, leaf }: Actor,
  { sequenceIds }: Membership,
  states: InboxStates,
): Promise<void> {
  const at = sequenceIds.get(inboxId);
  if (at === undefined) {
    throw invalid("a committer whose inbox stays in the group", "another");
  }
  const leaves = await installationsOf([[inboxId, at]], states);
  if (leaves.has(leaf)) return;
  throw invalid(
    `a committer of the inbox's ${leaves.size} installations at ${at}`,
    "another",
  );
}
