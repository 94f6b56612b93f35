import type { HmacKeySave } from "@history-sync/proto/device-sync";
import { compareBytes } from "../compare-bytes.js";
import { clampNs } from "./clamp.js";

/**
 * Returns the key that was cycled later; at equal times the one with the greater bytes. Commutative, associative and
 * idempotent. Apply `clampHmacKey` to keys of others first.
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

/** Returns the key with a time of at most a day after `nowNs`. */
export function clampHmacKey(hmacKey: HmacKeySave, nowNs: bigint): HmacKeySave {
  const cycledAtNs = clampNs(hmacKey.cycledAtNs, nowNs);
  return cycledAtNs === hmacKey.cycledAtNs
    ? hmacKey
    : { ...hmacKey, cycledAtNs };
}
