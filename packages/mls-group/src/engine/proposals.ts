import { installationIdOf } from "@history-sync/primitives";
import { keyPackageOf } from "./codec.js";
import type { CommitIntent } from "./engine.js";
import { toEngineExtension } from "./extensions.js";
import { leaves } from "./leaves.js";
import type {
  ClientState,
  IncomingMessageCallback,
  Proposal,
} from "./ts-mls.js";

export function proposalsOf(
  intent: CommitIntent,
  state: ClientState,
): Proposal[] {
  const proposals: Proposal[] = intent.add.map(({ bytes }) => ({
    proposalType: "add",
    add: { keyPackage: keyPackageOf(bytes) },
  }));
  for (const { leaf, leafIndex } of leaves(state)) {
    if (intent.remove.includes(installationIdOf(leaf.signaturePublicKey))) {
      proposals.push({
        proposalType: "remove",
        remove: { removed: leafIndex },
      });
    }
  }
  if (intent.extensions) {
    proposals.push({
      proposalType: "group_context_extensions",
      groupContextExtensions: {
        extensions: intent.extensions.map(toEngineExtension),
      },
    });
  }
  return proposals;
}

const allowedProposals: readonly unknown[] = [
  "add",
  "remove",
  "group_context_extensions",
];

export const acceptCommit: IncomingMessageCallback = (incoming) =>
  incoming.kind === "commit" &&
  incoming.proposals.every(
    ({ proposal, senderLeafIndex }) =>
      allowedProposals.includes(proposal.proposalType) &&
      senderLeafIndex === incoming.senderLeafIndex,
  )
    ? "accept"
    : "reject";
