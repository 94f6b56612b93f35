import { EncryptionCodecError } from "./errors.js";

const empty = new Uint8Array(0);

/** Reads exact numbers of bytes out of chunks of any size, holding one chunk at a time. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array, void, undefined>;
  readonly #where: string;
  #chunk: Uint8Array = empty;
  #at = 0;
  #offset = 0;

  /** `where` names the bytes in messages, as in "offset 14 of the archive". */
  constructor(
    chunks: AsyncIterable<Uint8Array, void, undefined>,
    where: string,
  ) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#where = where;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** The position of the next byte, for messages. */
  get position(): string {
    return `offset ${this.#offset} of ${this.#where}`;
  }

  /** The bytes at hand, that can be read without waiting. */
  get buffered(): Uint8Array {
    return this.#chunk.subarray(this.#at);
  }

  /** Returns true if all bytes were read; waits for the next chunk to know. */
  async atEnd(): Promise<boolean> {
    while (this.#at === this.#chunk.length) {
      const { done, value } = await this.#chunks.next();
      if (done) return true;
      this.#chunk = value;
      this.#at = 0;
    }
    return false;
  }

  /**
   * Exactly `length` bytes, to be treated as read-only: they may be a view of the chunk they came in.
   * The caller has checked the length. Throws `truncated` if the bytes end before.
   */
  async read(length: number, what: string): Promise<Uint8Array> {
    if (this.#chunk.length - this.#at >= length) return this.#take(length);
    const position = this.position;
    const whole = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (await this.atEnd()) {
        throw new EncryptionCodecError(
          "truncated",
          `${what}: expected ${length} bytes at ${position}, got ${filled}`,
        );
      }
      const part = this.#take(
        Math.min(length - filled, this.#chunk.length - this.#at),
      );
      whole.set(part, filled);
      filled += part.length;
    }
    return whole;
  }

  /** Ends the chunks' iteration, which lets go of their source. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #take(length: number): Uint8Array {
    const part = this.#chunk.subarray(this.#at, this.#at + length);
    this.#at += length;
    this.#offset += length;
    return part;
  }
}
