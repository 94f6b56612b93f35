const firstCapacity = 65_536;

/** The inflated bytes that later blocks may refer back to; they are contiguous, new ones at the end. */
export class Window {
  /** How far back a reference may reach. */
  readonly size: number;
  readonly #maxCapacity: number;
  #bytes = new Uint8Array(0);
  #end = 0;

  constructor(size: number, maxBlockBytes: number) {
    this.size = size;
    // Twice the window, so that sliding moves each byte once on average.
    this.#maxCapacity = 2 * size + maxBlockBytes;
  }

  /** The memory itself: what `reserve` made room for is written at `end`, then `advance`d over. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get end(): number {
    return this.#end;
  }

  /** The bytes that can be referred to. */
  get reachable(): Uint8Array {
    return this.#bytes.subarray(Math.max(0, this.#end - this.size), this.#end);
  }

  /** Makes room for at most one block. */
  reserve(length: number): void {
    const needed = this.#end + length;
    if (needed <= this.#bytes.length) return;
    if (this.#bytes.length < this.#maxCapacity) {
      const wanted = Math.max(2 * this.#bytes.length, needed, firstCapacity);
      const grown = new Uint8Array(Math.min(wanted, this.#maxCapacity));
      grown.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = grown;
    }
    if (needed > this.#bytes.length) {
      this.#bytes.copyWithin(0, this.#end - this.size, this.#end);
      this.#end = this.size;
    }
  }

  advance(length: number): void {
    this.#end += length;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }
}
