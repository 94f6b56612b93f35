import { concatBytes, toHex } from "@history-sync/primitives";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { IdentityError } from "../errors.js";

const signatureBytes = 65;

/** Returns the bytes that a wallet hashes and signs for a text (EIP-191, version 0x45). */
export function personalMessageHash(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const prefix = `\u0019Ethereum Signed Message:\n${bytes.length}`;
  return keccak_256(concatBytes(new TextEncoder().encode(prefix), bytes));
}

/** An address in lower case, from a key's SEC1 bytes in either form. */
export function addressOf(publicKey: Uint8Array): string {
  const uncompressed = secp256k1.Point.fromBytes(publicKey).toBytes(false);
  return `0x${toHex(keccak_256(uncompressed.subarray(1)).subarray(12))}`;
}

export interface RecoveredAddress {
  readonly address: string;
  readonly replayKey: string;
}

/**
 * Returns the address that signed the text. Any well-formed signature gives one, if not the right one.
 * A high s is refused: other readers recover another address from it.
 */
export function recoverAddress(
  text: string,
  bytes: Uint8Array,
): RecoveredAddress {
  const { compact, parity } = parsed(bytes);
  if (compact.hasHighS()) {
    throw new IdentityError(
      "invalid-signature",
      "expected an s in the lower half of the curve's order",
    );
  }
  // v has several forms that mean the same: the parity represents all, so that none counts as another signature.
  const replayKey = toHex(
    concatBytes(compact.toBytes("compact"), Uint8Array.of(parity)),
  );
  try {
    const key = compact
      .addRecoveryBit(parity)
      .recoverPublicKey(personalMessageHash(text));
    return { address: addressOf(key.toBytes(false)), replayKey };
  } catch (cause) {
    throw malformed(cause);
  }
}

/** The same signature with s in the lower half, and v as wallets write it. */
export function withLowS(bytes: Uint8Array): Uint8Array {
  const { compact, parity } = parsed(bytes);
  if (!compact.hasHighS()) {
    return concatBytes(bytes.subarray(0, 64), Uint8Array.of(27 + parity));
  }
  const s = secp256k1.Point.Fn.ORDER - compact.s;
  const low = new secp256k1.Signature(compact.r, s).toBytes("compact");
  return concatBytes(low, Uint8Array.of(28 - parity));
}

function parsed(bytes: Uint8Array): {
  readonly compact: InstanceType<typeof secp256k1.Signature>;
  readonly parity: 0 | 1;
} {
  if (bytes.length !== signatureBytes) {
    throw new IdentityError(
      "invalid-signature",
      `expected r, s and v in ${signatureBytes} bytes, got ${bytes.length}`,
    );
  }
  const parity = parityOf(bytes[signatureBytes - 1]);
  try {
    const rs = bytes.subarray(0, signatureBytes - 1);
    return { compact: secp256k1.Signature.fromBytes(rs, "compact"), parity };
  } catch (cause) {
    throw malformed(cause);
  }
}

/** Wallets write 27 or 28, or 0 or 1, or 35 and more with a chain's id in it (EIP-155). */
function parityOf(v: number | undefined): 0 | 1 {
  if (v === 0 || v === 27) return 0;
  if (v === 1 || v === 28) return 1;
  if (v !== undefined && v >= 35) return v % 2 === 1 ? 0 : 1;
  throw new IdentityError(
    "invalid-signature",
    `expected a v of 27 or 28, got ${v}`,
  );
}

function malformed(cause: unknown): IdentityError {
  return new IdentityError(
    "invalid-signature",
    "the wallet's signature gives no key",
    { cause },
  );
}
