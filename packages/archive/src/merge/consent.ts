import type { ConsentSave } from "@history-sync/proto/device-sync";
import { clampNs } from "./clamp.js";

/**
 * Returns the later of two records about the same entity, with its time. At equal times denied wins over allowed, and
 * allowed over unknown. Commutative, associative and idempotent. Apply `clampConsent` to records of others first.
 */
export function mergeConsent(
  local: ConsentSave,
  other: ConsentSave,
): ConsentSave {
  if (other.consentedAtNs !== local.consentedAtNs) {
    return other.consentedAtNs > local.consentedAtNs ? other : local;
  }
  // XMTP's numbers of the states rise in that order.
  return other.state > local.state ? other : local;
}

/** Returns the record with a time of at most a day after `nowNs`. */
export function clampConsent(consent: ConsentSave, nowNs: bigint): ConsentSave {
  const consentedAtNs = clampNs(consent.consentedAtNs, nowNs);
  return consentedAtNs === consent.consentedAtNs
    ? consent
    : { ...consent, consentedAtNs };
}
