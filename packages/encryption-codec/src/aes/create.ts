import { createNativeAesGcm } from "#native-aes";
import type { AesGcm } from "./aes-gcm.js";
import { softwareAesGcm } from "./software.js";
import { webCryptoAesGcm } from "./web-crypto.js";

/** The fastest cipher that there is. The key may be wiped once this has returned, settled or not. */
export function createAesGcm(key: Uint8Array): Promise<AesGcm> {
  if (createNativeAesGcm) return Promise.resolve(createNativeAesGcm(key));
  const subtle = globalThis.crypto?.subtle;
  return subtle
    ? webCryptoAesGcm(subtle, key)
    : Promise.resolve(softwareAesGcm(key));
}
