import type { AesGcm } from "./aes-gcm.js";

export type CreateNativeAesGcm = (
  key: Uint8Array,
  associatedData: Uint8Array,
) => AesGcm;

/** Browsers have WebCrypto and nothing faster; `native-node.ts` stands in for this file in Node. */
export const createNativeAesGcm: CreateNativeAesGcm | undefined = undefined;
