import { concatBytes, fromHex, toHex } from "@history-sync/primitives";
import { ecb } from "@noble/ciphers/aes.js";
import { littleEndian } from "../support/records.js";

/** Arithmetic of NIST SP 800-38D section 6.3, on blocks as big-endian numbers. */

const reduction = 0xe1n << 120n;
const one = 1n << 127n;

function multiply(x: bigint, y: bigint): bigint {
  let product = 0n;
  let shifted = y;
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((x >> bit) & 1n) product ^= shifted;
    shifted = (shifted >> 1n) ^ (shifted & 1n ? reduction : 0n);
  }
  return product;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = one;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}

function inverse(x: bigint): bigint {
  return power(x, 2n ** 128n - 2n);
}

function blocks(bytes: Uint8Array): bigint[] {
  const padded = concatBytes(bytes, new Uint8Array(-bytes.length & 15));
  return Array.from({ length: padded.length / 16 }, (_, i) =>
    BigInt(`0x${toHex(padded.subarray(16 * i, 16 * i + 16))}`),
  );
}

function toBlock(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(32, "0"));
}

export interface Collision {
  readonly keys: readonly [Uint8Array, Uint8Array];
  readonly nonce: Uint8Array;
  readonly associatedData: Uint8Array;
  /** Of the first key, without its tag. Sixteen bytes from `free` on are replaced. */
  readonly ciphertext: Uint8Array;
  /** A multiple of 16. */
  readonly free: number;
}

/** A ciphertext with a tag that is right under both keys: AES-GCM binds to no key. */
export function collide(collision: Collision): Uint8Array {
  const { keys, nonce, associatedData, free } = collision;
  const ciphertext = Uint8Array.from(collision.ciphertext);
  ciphertext.fill(0, free, free + 16);
  const bitLengths = concatBytes(
    littleEndian(associatedData.length * 8, 8).reverse(),
    littleEndian(ciphertext.length * 8, 8).reverse(),
  );
  const hashed = [
    ...blocks(associatedData),
    ...blocks(ciphertext),
    ...blocks(bitLengths),
  ];
  const place = blocks(associatedData).length + free / 16;
  const weight = BigInt(hashed.length - place);
  const perKey = keys.map((key) => {
    const encrypt = (block: Uint8Array) =>
      blocks(ecb(key, { disablePadding: true }).encrypt(block))[0] ?? 0n;
    const h = encrypt(new Uint8Array(16));
    const mask = encrypt(concatBytes(nonce, Uint8Array.of(0, 0, 0, 1)));
    const sum = hashed.reduce((hash, block) => multiply(hash ^ block, h), 0n);
    return { tag: sum ^ mask, factor: power(h, weight) };
  });
  const [a, b] = perKey;
  if (!a || !b) throw new RangeError("expected two keys");
  // One unknown block makes up for the difference of the two tags.
  const block = multiply(a.tag ^ b.tag, inverse(a.factor ^ b.factor));
  ciphertext.set(toBlock(block), free);
  return concatBytes(ciphertext, toBlock(a.tag ^ multiply(block, a.factor)));
}
