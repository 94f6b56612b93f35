import { corrupt } from "./corrupt.js";

/** Bytes read from the front; going past their end throws. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A little-endian number of up to 5 bytes. */
  number(length: number): number {
    let value = 0;
    for (const [index, byte] of this.take(length).entries()) {
      value += byte * 2 ** (8 * index);
    }
    return value;
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) {
      throw corrupt("a section reaches past its block");
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  rest(): Uint8Array {
    return this.take(this.#bytes.length - this.#at);
  }

  /** Returns the bits that are left, without consuming them. */
  ahead(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }
}

/** Bits read from the front, lowest first: the form of FSE table descriptions (RFC 8878 section 4.1.1). */
export class ForwardBits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next bits without moving on, zero past the end. At most 16. */
  peek(count: number): number {
    const first = this.#at >> 3;
    const word =
      (this.#bytes[first] ?? 0) |
      ((this.#bytes[first + 1] ?? 0) << 8) |
      ((this.#bytes[first + 2] ?? 0) << 16);
    return (word >> (this.#at & 7)) & ((1 << count) - 1);
  }

  skip(count: number): void {
    this.#at += count;
    if (this.#at > this.#bytes.length * 8) {
      throw corrupt("a table description is cut off");
    }
  }

  /** Whole bytes that were begun. */
  get bytesUsed(): number {
    return (this.#at + 7) >> 3;
  }
}

/**
 * Bits read from the back, highest first, below an end mark: the form of Huffman and FSE streams (RFC 8878 section 4.1).
 * Reading past the front gives zeros and leaves `left` negative.
 */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  /** Bits not yet read. */
  left: number;

  constructor(bytes: Uint8Array) {
    const last = bytes.at(-1);
    if (!last) throw corrupt("a bit stream has no end mark");
    this.#bytes = bytes;
    this.left = bytes.length * 8 - 1 - Math.clz32(last) + 24;
  }

  /** The next bits without moving on. At most 24. */
  peek(count: number): number {
    const from = this.left - count;
    if (from < 0) {
      // Fewer bits are left than asked for: the missing low ones are zero.
      const short = Math.min(-from, 24);
      return (this.#load(0) & ((1 << Math.max(this.left, 0)) - 1)) << short;
    }
    return (this.#load(from >> 3) >>> (from & 7)) & ((1 << count) - 1);
  }

  /** At most 31 bits. */
  read(count: number): number {
    if (count > 24) {
      const high = this.read(count - 16);
      return high * 65_536 + this.read(16);
    }
    const bits = this.peek(count);
    this.left -= count;
    return bits;
  }

  #load(byte: number): number {
    const bytes = this.#bytes;
    return (
      (bytes[byte] ?? 0) |
      ((bytes[byte + 1] ?? 0) << 8) |
      ((bytes[byte + 2] ?? 0) << 16) |
      ((bytes[byte + 3] ?? 0) << 24)
    );
  }
}
