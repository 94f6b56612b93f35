import type { AesGcm } from "./aes-gcm.js";

export type CreateNativeAesGcm = (
  key: Uint8Array,
  associatedData: Uint8Array,
) => AesGcm;

/** Browsers have WebCrypto and nothing faster; `native-node.ts` replaces this file in Node.js. */
export const createNativeAesGcm: CreateNativeAesGcm | undefined = undefined;
