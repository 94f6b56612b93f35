import { type InboxId, inboxId, toHex } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { IdentityError } from "./errors.js";
import type { Identifier } from "./identifier.js";

const maxUint64 = 2n ** 64n - 1n;

/** The inbox that an identifier creates with a nonce: SHA-256 over the two as text, one after the other. */
export function inboxIdOf(owner: Identifier, nonce: bigint): InboxId {
  if (nonce < 0n || nonce > maxUint64) {
    throw new IdentityError(
      "invalid-identifier",
      "expected a nonce of 0 to 2^64 - 1",
    );
  }
  const text = `${owner.identifier}${nonce}`;
  return inboxId(toHex(sha256(new TextEncoder().encode(text))));
}
