import type { DatabaseSync } from "node:sqlite";
import { systemRandomBytes } from "@history-sync/primitives";

const prime = 2 ** 31 - 1;
const idBytes = 32;
const factors = idBytes / 2;

/**
 * A hash of message ids below 2^31, by which they are found. Its key is the database's own and random: whoever chooses
 * ids, as an archive can, still can't choose many of one hash. (Multilinear hashing modulo a prime: any two ids have one
 * hash with a chance of 1 in 2^31.) Ids of another length than 32 bytes are found as well, only slower.
 */
export class IdHash {
  readonly #factors: readonly number[];

  /** Makes the database's key, if there is none yet. */
  constructor(db: DatabaseSync) {
    db.prepare(
      "INSERT OR IGNORE INTO id_hash_key (one, key) VALUES (1, ?)",
    ).run(systemRandomBytes(4 * factors));
    const key = db.prepare("SELECT key FROM id_hash_key").get()
      ?.key as Uint8Array;
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.#factors = Array.from(
      { length: factors },
      (_, i) => view.getUint32(4 * i) % prime,
    );
  }

  of(id: Uint8Array): number {
    let sum = 0;
    for (const [i, factor] of this.#factors.entries()) {
      const pair = (id[2 * i] ?? 0) * 256 + (id[2 * i + 1] ?? 0);
      sum += factor * pair; // at most 16 times 2^47: exact
    }
    return sum % prime;
  }
}
