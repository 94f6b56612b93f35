/** Bytes that don't hold what was read from them. Users of the reader turn it into an error of their own. */
export class WireError extends RangeError {
  /** The place in the bytes where the reader was. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

// The least length that needs a prefix of 1, 2 or 4 bytes.
const leastLengths = [0, 0x40, 0x4000];

/**
 * Reads the presentation language of MLS from front to back (RFC 9420 section 2.1). It returns views of the bytes, copies
 * nothing, and allocates nothing by a length that the bytes claim.
 *
 * @throws {WireError} from every method, when fewer bytes are left than the method needs.
 */
export class WireReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The number of bytes that have been read. */
  get offset(): number {
    return this.#offset;
  }

  uint8(): number {
    return this.#uint(1);
  }

  uint16(): number {
    return this.#uint(2);
  }

  uint32(): number {
    return this.#uint(4);
  }

  uint64(): bigint {
    const high = BigInt(this.#uint(4));
    return (high << 32n) | BigInt(this.#uint(4));
  }

  /**
   * Reads `opaque value<V>`: a length and as many bytes.
   *
   * @throws {WireError} for a length of 2^30 or more, or one that is written in more bytes than it needs.
   * @see RFC 9420 section 2.1.2
   */
  vector(): Uint8Array {
    const first = this.uint8();
    const least = leastLengths[first >> 6];
    if (least === undefined) {
      throw this.error(
        `expected a length of 1, 2 or 4 bytes, got one that starts with 0x${first.toString(16)}`,
      );
    }
    const sizeOfRest = (1 << (first >> 6)) - 1;
    const length =
      (first & 0x3f) * 0x100 ** sizeOfRest + this.#uint(sizeOfRest);
    if (length < least) {
      throw this.error(`expected ${length} as a shorter length`);
    }
    return this.#read(length);
  }

  /** Reads a vector of 16-bit numbers. */
  uint16Vector(): readonly number[] {
    const content = new WireReader(this.vector());
    const numbers: number[] = [];
    while (!content.isAtEnd) numbers.push(content.uint16());
    return numbers;
  }

  /** Returns the bytes from an earlier offset to the present one. */
  since(offset: number): Uint8Array {
    return this.#bytes.subarray(offset, this.#offset);
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  /** @throws {WireError} unless all bytes have been read. */
  end(): void {
    if (this.isAtEnd) return;
    const rest = this.#bytes.length - this.#offset;
    throw this.error(`expected the end, got ${rest} more bytes`);
  }

  /** Returns an error that names the present place, for a value that was read and is none of those expected. */
  error(message: string): WireError {
    const { length } = this.#bytes;
    return new WireError(
      `at byte ${this.#offset} of ${length}: ${message}`,
      this.#offset,
    );
  }

  #uint(size: number): number {
    let value = 0;
    for (const byte of this.#read(size)) value = value * 0x100 + byte;
    return value;
  }

  #read(length: number): Uint8Array {
    const rest = this.#bytes.length - this.#offset;
    if (length > rest) {
      throw this.error(`expected ${length} bytes, got ${rest}`);
    }
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }
}
