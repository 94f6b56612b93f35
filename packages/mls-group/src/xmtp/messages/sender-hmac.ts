import { concatBytes, type GroupId, idBytes } from "@history-sync/primitives";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { invalid } from "../group-data/extension-data.js";

/** The length of the root key that an inbox's installations share through device sync. */
export const hmacRootBytes = 42;

const keyBytes = 42;
const salt = new TextEncoder().encode("libXMTP HKDF salt!");
const periodNs = 30n * 24n * 60n * 60n * 1_000_000_000n;

/** A key for 30 days. */
export interface TopicHmacKey {
  /** The number of its 30 days, counted from 1970. */
  readonly period: bigint;
  /** The key, of 42 bytes. */
  readonly key: Uint8Array;
}

/** Returns the number of the 30 days that a time is in. */
export function hmacPeriod(atNs: bigint): bigint {
  return atNs / periodNs;
}

/**
 * Returns the HMAC-SHA-256 of an MLS message, which is sent to the node beside it. A push server recognises the
 * sender's own installations by it and doesn't notify them.
 *
 * @throws {MlsGroupError} `invalid-group-data` for a root of another length than 42 bytes
 */
export function senderHmac(
  root: Uint8Array,
  groupId: GroupId,
  period: bigint,
  message: Uint8Array,
): Uint8Array {
  return hmac(sha256, topicKey(root, groupId, period), message);
}

/**
 * Returns the keys of a group's topic for the last, the present and the next 30 days.
 *
 * @throws {MlsGroupError} `invalid-group-data` for a root of another length than 42 bytes
 */
export function topicHmacKeys(
  root: Uint8Array,
  groupId: GroupId,
  nowNs: bigint,
): readonly TopicHmacKey[] {
  const now = hmacPeriod(nowNs);
  return [now - 1n, now, now + 1n].map((period) => ({
    period,
    key: topicKey(root, groupId, period),
  }));
}

function topicKey(
  root: Uint8Array,
  groupId: GroupId,
  period: bigint,
): Uint8Array {
  if (root.length !== hmacRootBytes) {
    throw invalid(`an HMAC root of ${hmacRootBytes} bytes`, `${root.length}`);
  }
  const group = idBytes(groupId);
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigInt64(0, period, true);
  const pseudorandomKey = extract(sha256, concatBytes(root, group), salt);
  return expand(sha256, pseudorandomKey, concatBytes(group, number), keyBytes);
}
