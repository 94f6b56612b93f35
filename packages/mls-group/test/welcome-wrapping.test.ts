import { concatBytes, fromHex, toHex } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { x25519 } from "@noble/curves/ed25519.js";
import { describe, expect, test } from "vitest";
import { MlsGroupError } from "../src/errors.js";
import {
  unwrapWelcome,
  wrapWelcome,
  xWingPublicKey,
} from "../src/joining/welcome-wrapping.js";
import { encodeVector, WireReader } from "../src/wire/index.js";
import {
  openInOrder,
  x25519Secret,
  xWingSecret,
} from "./support/hpke-oracle.js";

const welcome = fromHex("00010003deadbeef");
const metadata = fromHex("0802");

const algorithms = [
  {
    name: "X25519",
    algorithm: 1,
    kemId: 0x0020,
    encBytes: 32,
    keys: async () => {
      const { secretKey: privateKey, publicKey } = x25519.keygen();
      return { privateKey, publicKey };
    },
    secretOf: x25519Secret,
  },
  {
    name: "X-Wing",
    algorithm: 2,
    kemId: 0x004d,
    encBytes: 1_120,
    keys: async () => {
      const privateKey = unsafeSeededBytes(5)(32);
      return { privateKey, publicKey: await xWingPublicKey(privateKey) };
    },
    secretOf: xWingSecret,
  },
] as const;

describe.each(algorithms)(
  "$name",
  ({ algorithm, kemId, encBytes, keys, secretOf }) => {
    test("unwrapWelcome opens a wrapped Welcome", async () => {
      const { publicKey, privateKey } = await keys();
      const sealed = await wrapWelcome(
        { algorithm, publicKey },
        welcome,
        metadata,
      );
      expect(sealed.metadata).toHaveLength(18);
      expect(await unwrapWelcome(algorithm, privateKey, sealed)).toEqual({
        welcome,
        metadata,
      });
      const bare = { ...sealed, metadata: new Uint8Array() };
      expect(await unwrapWelcome(algorithm, privateKey, bare)).toEqual({
        welcome,
        metadata: new Uint8Array(),
      });
    });

    test("another implementation opens it, the metadata second", async () => {
      const { publicKey, privateKey } = await keys();
      const sealed = await wrapWelcome(
        { algorithm, publicKey },
        welcome,
        metadata,
      );
      const reader = new WireReader(sealed.data);
      const [enc, ciphertext] = [reader.vector(), reader.vector()];
      reader.end();
      expect(enc).toHaveLength(encBytes);
      const secret = secretOf(enc, privateKey);
      const parts = [ciphertext, sealed.metadata];
      expect(openInOrder(kemId, secret, parts)).toEqual([welcome, metadata]);
    });

    test("two Welcomes for one key are nothing alike", async () => {
      const { publicKey } = await keys();
      const [one, other] = await Promise.all(
        [0, 1].map(() =>
          wrapWelcome({ algorithm, publicKey }, welcome, metadata),
        ),
      );
      expect(one?.metadata).not.toEqual(other?.metadata);
    });

    test("hostile bytes give a typed error", async () => {
      const { publicKey, privateKey } = await keys();
      const good = await wrapWelcome(
        { algorithm, publicKey },
        welcome,
        metadata,
      );
      const bad = [
        ...[0, 1, 2, 33, 40, good.data.length - 1].map((end) => ({
          ...good,
          data: good.data.slice(0, end),
        })),
        ...[0, 1, 5, good.data.length - 1].map((at) => ({
          ...good,
          data: flipped(good.data, at),
        })),
        { ...good, data: concatBytes(good.data, Uint8Array.of(0)) },
        { ...good, data: fromHex("bfffffff") },
        { ...good, data: new Uint8Array(64).fill(0xff) },
        {
          ...good,
          data: concatBytes(
            encodeVector(new Uint8Array(encBytes)),
            encodeVector(new Uint8Array(16)),
          ),
        },
        { ...good, metadata: flipped(good.metadata, 3) },
        { ...good, metadata: Uint8Array.of(1) },
      ];
      for (const sealed of bad) {
        await expect(
          unwrapWelcome(algorithm, privateKey, sealed),
        ).rejects.toMatchObject({ code: "invalid-welcome" });
      }
    });

    test("wrapWelcome refuses a key of another length", async () => {
      for (const publicKey of [new Uint8Array(), new Uint8Array(31)]) {
        await expect(
          wrapWelcome({ algorithm, publicKey }, welcome, metadata),
        ).rejects.toBeInstanceOf(MlsGroupError);
      }
    });
  },
);

test("an X-Wing key is the draft's", async () => {
  const seed = fromHex(
    "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26",
  );
  const publicKey = await xWingPublicKey(seed);
  expect(publicKey).toHaveLength(1_216);
  expect(toHex(publicKey.slice(0, 16))).toBe(
    "e2236b35a8c24b39b10aa1323a96a919",
  );
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 0x01;
  return copy;
}
