import { concatBytes } from "@history-sync/primitives";

/** The bytes end before what should be in them, or a length isn't written as RFC 9420 wants it. */
export class TlsProblem extends RangeError {}

const shortest = [0, 0x40, 0x4000];

/** Reads the presentation language of RFC 9420; throws TlsProblem, never looks beyond its bytes, and copies nothing. */
export class TlsReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** An unsigned number of so many bytes, at most 6. */
  uint(size: number): number {
    let value = 0;
    for (const byte of this.#take(size)) value = value * 0x100 + byte;
    return value;
  }

  uint64(): bigint {
    const high = BigInt(this.uint(4));
    return (high << 32n) | BigInt(this.uint(4));
  }

  /** A vector behind its length (RFC 9420 section 2.1.2). */
  vector(): Uint8Array {
    const first = this.uint(1);
    const sizeOfRest = (1 << (first >> 6)) - 1;
    const least = shortest[first >> 6];
    const length = (first & 0x3f) * 0x100 ** sizeOfRest + this.uint(sizeOfRest);
    if (least === undefined || length < least) {
      throw new TlsProblem(
        `expected a length in as few bytes as it needs, got one that starts with 0x${first.toString(16)}`,
      );
    }
    return this.#take(length);
  }

  /** Throws unless everything was read. */
  end(): void {
    const rest = this.#bytes.length - this.#at;
    if (rest > 0) {
      throw new TlsProblem(
        `expected the end at ${this.#at}, got ${rest} bytes`,
      );
    }
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) {
      throw new TlsProblem(
        `expected ${length} bytes at ${this.#at}, got ${this.#bytes.length - this.#at}`,
      );
    }
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}

/** A vector with its length before it, of less than 2^30 bytes. */
export function encodeVector(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = bytes;
  const prefix = new Uint8Array(length < 0x40 ? 1 : length < 0x4000 ? 2 : 4);
  let rest = length;
  for (let i = prefix.length - 1; i >= 0; i--) {
    prefix[i] = rest & 0xff;
    rest >>>= 8;
  }
  prefix[0] = (prefix[0] ?? 0) | ((prefix.length >> 1) << 6);
  return concatBytes(prefix, bytes);
}
