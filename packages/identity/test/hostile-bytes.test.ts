import { toHex } from "@history-sync/primitives";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeUpdate,
  encodeUpdate,
  foldLog,
  IdentityError,
  verifySignature,
} from "../src/index.js";
import { signatureBy } from "../src/signer.js";
import { key } from "./support/people.js";
import { registrations } from "./support/registrations.js";

const [real] = registrations;
if (real === undefined) throw new TypeError("no vectors");
const sound = encodeUpdate(real.update);

/** The typed error that the bytes give, or nothing. */
function decodingError(bytes: Uint8Array): IdentityError | undefined {
  try {
    decodeUpdate(bytes);
  } catch (error) {
    if (error instanceof IdentityError) return error;
    throw error;
  }
  return undefined;
}

test("every prefix of an update is refused", () => {
  for (let length = 0; length < sound.length; length++) {
    const error = decodingError(sound.subarray(0, length));
    expect(error?.code, `${length} bytes`).toBe("malformed-update");
  }
});

test("random bytes are refused or decoded, never worse", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const error = decodingError(bytes);
      expect(error === undefined || error.code.length > 0).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("a flipped bit is refused, or says the same", async () => {
  const entry = { sequenceId: 1n, serverTimestampNs: 1n };
  const { state: expected } = await foldLog(real.inboxId, [
    { ...entry, update: sound },
  ]);
  let refused = 0;
  for (let at = 0; at < sound.length; at++) {
    const update = sound.slice();
    update[at] = (update[at] ?? 0) ^ (1 << (at % 8));
    try {
      const { state } = await foldLog(real.inboxId, [{ ...entry, update }]);
      expect([...state.members.keys()]).toEqual([...expected.members.keys()]);
      expect(state.recovery).toEqual(expected.recovery);
    } catch (error) {
      expect(error).toBeInstanceOf(IdentityError);
      refused++;
    }
  }
  // Only the lowest bits of the time are not signed.
  expect(refused).toBe(sound.length - 4);
});

test("broken signatures of every kind give typed errors", async () => {
  const passkey = await signatureBy(key("alix"), "text");
  if (passkey.kind !== "passkey") throw new TypeError("no passkey");
  const bytes = fc.uint8Array({ maxLength: 80 });
  const signatures = fc.oneof(
    bytes.map((rsv) => ({ kind: "erc-191", bytes: rsv }) as const),
    fc
      .uint8Array({ minLength: 64, maxLength: 64 })
      .map(
        (rs) => ({ kind: "erc-191", bytes: Uint8Array.of(...rs, 27) }) as const,
      ),
    fc
      .tuple(bytes, bytes)
      .map(
        ([signature, publicKey]) =>
          ({ kind: "installation-key", bytes: signature, publicKey }) as const,
      ),
    fc.uint8Array({ minLength: 96, maxLength: 96 }).map(
      (both) =>
        ({
          kind: "installation-key",
          bytes: both.subarray(32),
          publicKey: both.subarray(0, 32),
        }) as const,
    ),
    bytes.map((der) => ({ ...passkey, bytes: der })),
    bytes.map((publicKey) => ({ ...passkey, publicKey })),
    bytes.map((clientDataJson) => ({ ...passkey, clientDataJson })),
    fc.json().map((json) => ({
      ...passkey,
      clientDataJson: new TextEncoder().encode(json),
    })),
    bytes.map((authenticatorData) => ({ ...passkey, authenticatorData })),
    fc.tuple(bytes, bytes).map(
      ([signature, delegatedKey]) =>
        ({
          kind: "delegated-erc-191",
          bytes: signature,
          delegatedKey,
        }) as const,
    ),
  );
  await fc.assert(
    fc.asyncProperty(signatures, async (signature) => {
      try {
        const { signer } = await verifySignature("text", signature);
        // Any r and s recover some address.
        expect(signature.kind).toBe("erc-191");
        expect(signer.identifier).toMatch(/^0x[0-9a-f]{40}$/);
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid-signature" });
      }
    }),
    { numRuns: 300 },
  );
});

test("messages of errors hold no key and no text", async () => {
  const wrong = await verifySignature("text", {
    kind: "installation-key",
    bytes: new Uint8Array(64),
    publicKey: new Uint8Array(32).fill(7),
  }).catch((error: unknown) => `${error}`);
  expect(wrong).toContain("invalid-signature");
  expect(wrong).not.toContain(toHex(new Uint8Array(4).fill(7)));
});
