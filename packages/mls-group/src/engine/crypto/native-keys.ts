/// <reference types="node" />
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
} from "node:crypto";
import { concatBytes } from "@history-sync/primitives";
import { MlsGroupError } from "../../errors.js";

const rawBytes = 32;

// Node.js reads a raw key only in its DER frame (RFC 8410 sections 4 and 7), of which it is the end.
const arc = { Ed25519: 0x70, X25519: 0x6e };

export type Curve = keyof typeof arc;

export function privateKeyOf(curve: Curve, raw: Uint8Array): KeyObject {
  const { length } = expectRaw(raw);
  const frame = [0x30, 14 + length, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65];
  const der = concatBytes(
    Uint8Array.of(...frame, arc[curve], 4, 2 + length, 4, length),
    raw,
  );
  try {
    return createPrivateKey({
      key: Buffer.from(der.buffer),
      format: "der",
      type: "pkcs8",
    });
  } finally {
    der.fill(0);
  }
}

export function publicKeyOf(curve: Curve, raw: Uint8Array): KeyObject {
  const { length } = expectRaw(raw);
  const frame = [0x30, 10 + length, 0x30, 5, 6, 3, 0x2b, 0x65];
  const der = concatBytes(
    Uint8Array.of(...frame, arc[curve], 3, 1 + length, 0),
    raw,
  );
  return createPublicKey({
    key: Buffer.from(der.buffer),
    format: "der",
    type: "spki",
  });
}

export function rawOf(key: KeyObject): Uint8Array {
  const type = key.type === "private" ? "pkcs8" : "spki";
  const der = key.export({ format: "der", type } as never) as Buffer;
  return new Uint8Array(der.subarray(der.length - rawBytes));
}

/** A cache of keys by the hash of their bytes: to create one takes longer than to use it. */
export class KeyCache {
  readonly #make: (raw: Uint8Array) => KeyObject;
  readonly #limit: number;
  readonly #keys = new Map<string, KeyObject>();

  constructor(limit: number, make: (raw: Uint8Array) => KeyObject) {
    this.#limit = limit;
    this.#make = make;
  }

  get(raw: Uint8Array): KeyObject {
    const name = createHash("sha256").update(raw).digest("base64");
    const known = this.#keys.get(name);
    if (known) return known;
    const key = this.#make(raw);
    const [oldest] = this.#keys.keys();
    if (oldest !== undefined && this.#keys.size >= this.#limit) {
      this.#keys.delete(oldest);
    }
    this.#keys.set(name, key);
    return key;
  }
}

function expectRaw(raw: Uint8Array): Uint8Array {
  if (raw.length === rawBytes) return raw;
  throw new MlsGroupError(
    "engine-failed",
    `expected a key of ${rawBytes} bytes, got ${raw.length}`,
  );
}
