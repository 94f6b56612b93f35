import type { ConsentSave } from "@history-sync/proto/device-sync";
import { clampNs } from "./clamp.js";

/**
 * Of two records about one entity the later wins, with its time; of two of one time denied wins over allowed over
 * unknown. Commutative, associative and idempotent. Records of others go through `clampConsent` first.
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

/** The record with its time at most a day after `nowNs`. */
export function clampConsent(consent: ConsentSave, nowNs: bigint): ConsentSave {
  const consentedAtNs = clampNs(consent.consentedAtNs, nowNs);
  return consentedAtNs === consent.consentedAtNs
    ? consent
    : { ...consent, consentedAtNs };
}
