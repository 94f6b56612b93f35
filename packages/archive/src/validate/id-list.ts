/**
 * Remembers an eight-byte fingerprint of each id, so that a million ids take 8 MB, and finds repeated ids. Honest ids
 * don't share a fingerprint by chance; an attacker who makes two that do only gets a false alarm.
 */
export class IdList {
  readonly #limit: number;
  /** Two words for each id. */
  #words = new Uint32Array(2_048);
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Remembers an id. Returns false beyond the limit. */
  add(id: Uint8Array): boolean {
    if (this.#count >= this.#limit) return false;
    const at = 2 * this.#count++;
    if (at === this.#words.length) {
      const grown = new Uint32Array(2 * at);
      grown.set(this.#words);
      this.#words = grown;
    }
    // FNV-1a, twice with different constants.
    let low = 0x811c9dc5;
    let high = 0x9747b28c;
    for (const byte of id) {
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul(high ^ byte ^ (high >>> 15), 0x5bd1e995);
    }
    this.#words[at] = low;
    this.#words[at + 1] = high;
    return true;
  }

  /** Returns the number of repetitions. The fingerprints are sorted for that: an attacker could flood a hash table. */
  duplicates(): number {
    const { buffer } = this.#words;
    const sorted = new BigUint64Array(buffer, 0, this.#count).sort();
    let found = 0;
    for (let i = 1; i < sorted.length; i++) {
      if (sorted[i] === sorted[i - 1]) found++;
    }
    return found;
  }
}
