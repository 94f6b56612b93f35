import type { ProposedCommit } from "../../authentication-service.js";
import { actorOf } from "./actor.js";
import { expectedChange } from "./expected-change.js";
import { type GroupData, readGroupData } from "./group-data.js";
import type { InboxStates } from "./inbox-states.js";
import { expectCommitter, expectInstallations } from "./installation-rules.js";
import { expectOwnInboxOnly } from "./kind-rules.js";
import { expectPermitted } from "./permission-rules.js";
import { expectKnownProtocol } from "./protocol-version.js";

/**
 * What a libxmtp member asks of every commit, its own ones too. What RFC 9420 and the parameters of XMTP's groups ask
 * was checked before. Throws `invalid-group-data` for a commit that is to be refused, and `newer-protocol`.
 */
export async function expectAllowedCommit(
  commit: ProposedCommit,
  states: InboxStates,
  version: string,
): Promise<void> {
  const before = readGroupData(commit.extensions);
  const after = readGroupData(commit.nextExtensions);
  const actor = actorOf(commit.committer, before.mutable);
  expectOwnInboxOnly(after, before.immutable.creatorInboxId);
  const expected = await expectedInstallations(before, after, states);
  expectInstallations(commit, expected, after.membership, actor);
  await expectCommitter(actor, after.membership, states);
  expectPermitted(before, after, expected, actor);
  expectKnownProtocol(after.mutable, version);
}

function expectedInstallations(
  { membership: before }: GroupData,
  { membership: after }: GroupData,
  states: InboxStates,
): ReturnType<typeof expectedChange> {
  return expectedChange(before.sequenceIds, after.sequenceIds, states);
}
