import {
  DeliveryServiceError,
  type DeliveryServiceErrorCode,
} from "../errors.js";

/** Reads TLS presentation language as RFC 9420 section 2.1 uses it; throws `code` where the bytes are otherwise. */
export class TlsReader {
  readonly #bytes: Uint8Array;
  readonly #code: DeliveryServiceErrorCode;
  #at = 0;

  constructor(bytes: Uint8Array, code: DeliveryServiceErrorCode) {
    this.#bytes = bytes;
    this.#code = code;
  }

  /** How far it has read. */
  get at(): number {
    return this.#at;
  }

  uint8(): number {
    return Number(this.#uint(1));
  }

  uint16(): number {
    return Number(this.#uint(2));
  }

  uint32(): number {
    return Number(this.#uint(4));
  }

  uint64(): bigint {
    return this.#uint(8);
  }

  /** `opaque name<V>`: a view, not a copy. */
  vector(): Uint8Array {
    return this.#take(this.#length());
  }

  /** All bytes between an earlier place and this one. */
  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#at);
  }

  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw this.error(`expected the end, ${left} bytes are left`);
  }

  error(what: string): DeliveryServiceError {
    return new DeliveryServiceError(
      this.#code,
      `at byte ${this.#at} of ${this.#bytes.length}: ${what}`,
    );
  }

  /** RFC 9000's variable-length integer, in its shortest form (RFC 9420 section 2.1.2). */
  #length(): number {
    const first = this.uint8();
    const size = 1 << (first >> 6);
    if (size === 8) throw this.error("expected a length of 1, 2 or 4 bytes");
    let length = first & 0x3f;
    for (let i = 1; i < size; i++) length = length * 256 + this.uint8();
    if ((size === 2 && length < 0x40) || (size === 4 && length < 0x4000)) {
      throw this.error(`expected ${length} as a shorter length`);
    }
    return length;
  }

  #uint(size: number): bigint {
    let value = 0n;
    for (const byte of this.#take(size)) value = (value << 8n) | BigInt(byte);
    return value;
  }

  #take(length: number): Uint8Array {
    const left = this.#bytes.length - this.#at;
    if (length > left)
      throw this.error(`expected ${length} bytes, ${left} are left`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
