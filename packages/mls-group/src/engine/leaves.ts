import { equalBytes, installationIdOf } from "@history-sync/primitives";
import { MlsGroupError } from "../errors.js";
import type { Member } from "../ports/authentication-service.js";
import type { ClientState, LeafNode } from "./ts-mls.js";

export function leaves(
  state: Pick<ClientState, "ratchetTree">,
): { readonly leaf: LeafNode; readonly leafIndex: number }[] {
  return state.ratchetTree.flatMap((node, nodeIndex) =>
    node?.nodeType === "leaf"
      ? [{ leaf: node.leaf, leafIndex: nodeIndex / 2 }]
      : [],
  );
}

export function leafAt(
  state: Pick<ClientState, "ratchetTree">,
  leafIndex: number,
): LeafNode | undefined {
  const node = state.ratchetTree[2 * leafIndex];
  return node?.nodeType === "leaf" ? node.leaf : undefined;
}

export function ownLeaf(state: ClientState): LeafNode {
  const leaf = leafAt(state, state.privatePath.leafIndex);
  if (leaf) return leaf;
  throw new MlsGroupError(
    "not-a-member",
    "expected a group with this installation in it, got one without",
  );
}

export function memberOf(leaf: LeafNode): Member {
  const { credential, signaturePublicKey } = leaf;
  return {
    installationId: installationIdOf(signaturePublicKey),
    credential:
      credential.credentialType === "basic"
        ? credential.identity.slice()
        : new Uint8Array(),
  };
}

export function sameMember(before: LeafNode, after: LeafNode): boolean {
  const [a, b] = [memberOf(before), memberOf(after)];
  return (
    a.installationId === b.installationId &&
    equalBytes(a.credential, b.credential)
  );
}
