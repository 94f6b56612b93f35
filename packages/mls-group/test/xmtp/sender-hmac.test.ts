import { fromHex, groupId, toHex } from "@history-sync/primitives";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { expect, test } from "vitest";
import { hmacPeriod, senderHmac, topicHmacKeys } from "../../src/xmtp/index.js";

// Of real libxmtp 1.10.0.
const root = fromHex(
  "df1de68dd86759329ae203a4b1bdc703087dae52bef027f3e5a4758e1ff51ee8baa08fef26b5ec1e2a80",
);
const group = groupId("44b6f0b080d70ea76851c5bdd15eb0da");
const keyOf692 =
  "0d99d2260a3a3ce4c2e18ec9dcc3b2a095c9e116b6a94d6ebc78aab4b8cb6f11866df8e38ec9b49631a4";
const dayNs = 86_400_000_000_000n;

test("a topic's keys are libxmtp's, for the 30 days before, now and after", () => {
  const startNs = 692n * 30n * dayNs;
  expect(hmacPeriod(startNs - 1n)).toBe(691n);
  const keys = topicHmacKeys(root, group, startNs + 29n * dayNs);
  expect(keys.map(({ period }) => period)).toEqual([691n, 692n, 693n]);
  expect(toHex(keys[1]?.key ?? new Uint8Array())).toBe(keyOf692);
  const earlier = topicHmacKeys(root, group, startNs - 1n);
  expect(earlier.at(-1)).toEqual(keys[1]);
  expect(new Set(keys.map(({ key }) => toHex(key))).size).toBe(3);
});

test("a message bears the HMAC by the key of its 30 days", () => {
  const message = fromHex("00010002");
  expect(senderHmac(root, group, 692n, message)).toEqual(
    hmac(sha256, fromHex(keyOf692), message),
  );
});

test("a root of another length is refused", () => {
  for (const length of [0, 32, 41, 43]) {
    expect(() => topicHmacKeys(new Uint8Array(length), group, 0n)).toThrow(
      expect.objectContaining({ code: "invalid-group-data" }),
    );
  }
});
