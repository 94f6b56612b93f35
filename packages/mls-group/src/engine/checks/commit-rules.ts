import {
  groupIdOf,
  type InstallationId,
  toHex,
} from "@history-sync/primitives";
import { MlsGroupError } from "../../errors.js";
import type { ProposedCommit } from "../../ports/authentication-service.js";
import { fromEngineExtension } from "../extensions.js";
import { leaves, memberOf, sameMember } from "../leaves.js";
import type { ClientState, LeafNode, Proposal } from "../ts-mls.js";
import type { Unsealed } from "../unseal.js";
import { expectAllowedExtensions } from "./extension-rules.js";

/**
 * Returns another member's commit, as `proposedCommit` does, after further checks: all proposals are in the commit
 * itself, so that they are the committer's own, and the committer may renew its keys but not change its identity.
 *
 * @throws {MlsGroupError} `refused-commit`
 */
export function checkedCommit(
  { content, sender }: Unsealed,
  state: ClientState,
): ProposedCommit {
  if (content.contentType !== "commit") {
    throw refused("proposals", `a message of type ${content.contentType}`);
  }
  const { proposals, path } = content.commit;
  if (path && !sameMember(sender, path.leafNode)) {
    throw refused("a committer who stays who it is", "another identity or key");
  }
  const byValue = proposals.map((proposal) => {
    if (proposal.proposalOrRefType === "proposal") return proposal.proposal;
    throw refused("proposals by value", "one by reference");
  });
  return proposedCommit(byValue, sender, state, false);
}

/**
 * Returns the changes of a commit that obeys the rules of every group: it consists of Adds, Removes and
 * GroupContextExtensions, no two members share a key after it, and its extensions are allowed.
 *
 * @throws {MlsGroupError} `refused-commit`
 */
export function proposedCommit(
  proposals: readonly Proposal[],
  committer: LeafNode,
  state: ClientState,
  own: boolean,
): ProposedCommit {
  const { groupId, epoch, extensions } = state.groupContext;
  const before = leaves(state);
  const added: LeafNode[] = [];
  const removed = new Set<number>();
  let nextExtensions = extensions;
  for (const proposal of proposals) {
    if (proposal.proposalType === "add") {
      added.push(proposal.add.keyPackage.leafNode);
    } else if (proposal.proposalType === "remove") {
      removed.add(proposal.remove.removed);
    } else if (proposal.proposalType === "group_context_extensions") {
      nextExtensions = proposal.groupContextExtensions.extensions;
    } else {
      throw refused(
        "Adds, Removes and GroupContextExtensions",
        `a proposal ${proposal.proposalType}`,
      );
    }
  }
  const gone = before.filter(({ leafIndex }) => removed.has(leafIndex));
  const after = [
    ...before.filter((one) => !gone.includes(one)).map(({ leaf }) => leaf),
    ...added,
  ];
  expectOwnKeys(after);
  if (nextExtensions !== extensions) {
    expectAllowedExtensions(extensions, nextExtensions, after);
  }
  return {
    groupId: groupIdOf(groupId),
    epoch,
    committer: memberOf(committer),
    added: added.map(memberOf),
    removed: gone.map(({ leaf }) => memberOf(leaf)),
    members: before.map(({ leaf }) => memberOf(leaf)),
    extensions: extensions.map(fromEngineExtension),
    nextExtensions: nextExtensions.map(fromEngineExtension),
    own,
  };
}

/** Returns the installations that a commit re-adds. */
export function readdedBy({
  added,
  removed,
}: ProposedCommit): readonly InstallationId[] {
  const out = new Set(removed.map(({ installationId }) => installationId));
  return added
    .map(({ installationId }) => installationId)
    .filter((id) => out.has(id));
}

/** Checks RFC 9420 section 7.3, which the engine does only for a joiner's tree. */
function expectOwnKeys(members: readonly LeafNode[]): void {
  for (const key of ["signaturePublicKey", "hpkePublicKey"] as const) {
    const keys = new Set(members.map((leaf) => toHex(leaf[key])));
    if (keys.size !== members.length) {
      throw refused("members with a key of their own", "two with the same one");
    }
  }
}

function refused(expected: string, got: string): MlsGroupError {
  return new MlsGroupError(
    "refused-commit",
    `expected a commit of ${expected}, got ${got}`,
  );
}
