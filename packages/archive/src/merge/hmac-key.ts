import type { HmacKeySave } from "@history-sync/proto/device-sync";
import { compareBytes } from "../compare-bytes.js";
import { clampNs } from "./clamp.js";

/**
 * The key that was cycled later wins; of two of one time the one whose bytes are greater. Commutative, associative
 * and idempotent. Keys of others go through `clampHmacKey` first.
 */
export function mergeHmacKey(
  local: HmacKeySave,
  other: HmacKeySave,
): HmacKeySave {
  if (other.cycledAtNs !== local.cycledAtNs) {
    return other.cycledAtNs > local.cycledAtNs ? other : local;
  }
  return compareBytes(other.key, local.key) > 0 ? other : local;
}

/** The key with its time at most a day after `nowNs`. */
export function clampHmacKey(hmacKey: HmacKeySave, nowNs: bigint): HmacKeySave {
  const cycledAtNs = clampNs(hmacKey.cycledAtNs, nowNs);
  return cycledAtNs === hmacKey.cycledAtNs
    ? hmacKey
    : { ...hmacKey, cycledAtNs };
}
