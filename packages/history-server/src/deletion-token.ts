import {
  equalBytes,
  fromHex,
  type RandomBytes,
  toHex,
} from "@history-sync/primitives";
import { sha256OfText } from "./sha256-of-text.js";

/** A token for the uploader, and its hash for the store: a reader of the store can't delete with it. */
export interface DeletionToken {
  readonly token: string;
  readonly hash: string;
}

const randomBytesOfToken = 16;

/** Plain SHA-256 is enough for a random token: there is nothing to guess. */
export function newDeletionToken(randomBytes: RandomBytes): DeletionToken {
  const token = toHex(randomBytes(randomBytesOfToken));
  return { token, hash: sha256OfText(token) };
}

export function isDeletionToken(
  token: string,
  hash: string | undefined,
): boolean {
  if (hash === undefined) return false;
  return equalBytes(fromHex(sha256OfText(token)), fromHex(hash));
}
