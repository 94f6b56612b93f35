import { equalBytes } from "@history-sync/primitives";
import { attempt } from "./codec.js";
import {
  decodeRatchetTree,
  encodeRatchetTree,
  type RatchetTree,
} from "./ts-mls.js";

// The groups that one talks in at the same time; the tree of a thousand members takes a few megabytes.
const maxTrees = 8;

interface KnownTree {
  readonly bytes: Uint8Array;
  readonly tree: RatchetTree;
}

/**
 * Trees that were decoded before, found again by their bytes: only a commit changes a tree, and to decode and encode it
 * takes longer than all the rest of a message. There is no secret in a tree.
 */
export class TreeCache {
  readonly #known: KnownTree[] = [];

  /** Encoded as before, if it is one of these. */
  encode(tree: RatchetTree): Uint8Array {
    const known = this.#known.find((one) => one.tree === tree);
    return known?.bytes ?? encodeRatchetTree(tree);
  }

  /** Nothing of what it gives is a view on the given bytes, and nobody can change it. */
  decode(given: Uint8Array): RatchetTree | undefined {
    const at = this.#known.findIndex(({ bytes }) => equalBytes(bytes, given));
    const [known] = at < 0 ? [] : this.#known.splice(at, 1);
    const found = known ?? decoded(given.slice());
    if (!found) return undefined;
    this.#known.unshift(found);
    this.#known.length = Math.min(this.#known.length, maxTrees);
    return found.tree;
  }
}

function decoded(bytes: Uint8Array): KnownTree | undefined {
  const result = attempt(() => decodeRatchetTree(bytes, 0));
  if (result?.[1] !== bytes.length) return undefined;
  const [tree] = result;
  for (const node of tree) {
    if (node?.nodeType === "leaf") Object.freeze(node.leaf);
    if (node?.nodeType === "parent") {
      Object.freeze(node.parent.unmergedLeaves);
      Object.freeze(node.parent);
    }
    Object.freeze(node);
  }
  return { bytes, tree: Object.freeze(tree) as RatchetTree };
}
