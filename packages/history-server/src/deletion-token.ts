import {
  equalBytes,
  fromHex,
  type RandomBytes,
  toHex,
} from "@history-sync/primitives";

/** What the uploader gets and what the store keeps: who reads the store can't delete with it. */
export interface DeletionToken {
  readonly token: string;
  readonly hash: string;
}

const randomBytesOfToken = 16;

export async function newDeletionToken(
  randomBytes: RandomBytes,
): Promise<DeletionToken> {
  const token = toHex(randomBytes(randomBytesOfToken));
  return { token, hash: toHex(await hashOf(token)) };
}

export async function isDeletionToken(
  token: string,
  hash: string | undefined,
): Promise<boolean> {
  if (hash === undefined) return false;
  return equalBytes(await hashOf(token), fromHex(hash));
}

/** Plain SHA-256 is enough for a random token: there is nothing to guess. */
async function hashOf(token: string): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(token);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
