import { installationIdOf } from "@history-sync/primitives";
import { keyPackageOf } from "./codec.js";
import type { CommitIntent } from "./engine.js";
import { toEngineExtension } from "./extensions.js";
import { leaves } from "./leaves.js";
import type { ClientState, Proposal } from "./ts-mls.js";

/** Returns the proposals that carry out an intent, in XMTP's order: Adds, Removes, GroupContextExtensions. */
export function intendedProposals(
  { add, remove, extensions }: CommitIntent,
  state: ClientState,
): Proposal[] {
  const proposals: Proposal[] = add.map(({ bytes }) => ({
    proposalType: "add",
    add: { keyPackage: keyPackageOf(bytes) },
  }));
  for (const { leaf, leafIndex } of leaves(state)) {
    if (remove.includes(installationIdOf(leaf.signaturePublicKey))) {
      proposals.push({
        proposalType: "remove",
        remove: { removed: leafIndex },
      });
    }
  }
  if (extensions) {
    proposals.push({
      proposalType: "group_context_extensions",
      groupContextExtensions: {
        extensions: extensions.map(toEngineExtension),
      },
    });
  }
  return proposals;
}
