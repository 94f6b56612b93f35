import { equalBytes } from "@history-sync/primitives";
import { attempt } from "./codec.js";
import {
  decodeRatchetTree,
  encodeRatchetTree,
  type RatchetTree,
} from "./ts-mls.js";

// The number of groups in use at the same time. The tree of a thousand members takes a few megabytes.
const maxTrees = 8;

interface KnownTree {
  readonly bytes: Uint8Array;
  readonly tree: RatchetTree;
}

/**
 * A cache of decoded trees by their bytes. Only a commit changes a tree, and to decode and encode it takes longer
 * than all the rest of a message. A tree contains no secret.
 */
export class TreeCache {
  readonly #known: KnownTree[] = [];

  /** Encodes a tree, or returns its bytes if it is cached. */
  encode(tree: RatchetTree): Uint8Array {
    const known = this.#known.find((one) => one.tree === tree);
    return known?.bytes ?? encodeRatchetTree(tree);
  }

  /** Decodes a tree, which is frozen and no view of the given bytes. Returns undefined for bytes that are none. */
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
