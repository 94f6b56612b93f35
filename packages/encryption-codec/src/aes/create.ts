import { createNativeAesGcm } from "#native-aes";
import type { AesGcm } from "./aes-gcm.js";
import { softwareAesGcm } from "./software.js";
import { webCryptoAesGcm } from "./web-crypto.js";

const none = new Uint8Array(0);

/** The fastest cipher that there is. The key may be wiped once this has returned, settled or not. */
export function createAesGcm(
  key: Uint8Array,
  associatedData: Uint8Array = none,
): Promise<AesGcm> {
  if (createNativeAesGcm) {
    return Promise.resolve(createNativeAesGcm(key, associatedData));
  }
  const subtle = globalThis.crypto?.subtle;
  return subtle
    ? webCryptoAesGcm(subtle, key, associatedData)
    : Promise.resolve(softwareAesGcm(key, associatedData));
}
