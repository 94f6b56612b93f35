import { concatBytes } from "@history-sync/primitives";
import type { AesGcm } from "../aes/aes-gcm.js";
import { tagBytes } from "../aes/aes-gcm.js";
import {
  encodePageHeader,
  pageHeaderBytes,
  pageNonce,
  prefixBytes,
  writeUint32,
} from "./layout.js";

export interface PageToSeal {
  /** Counted from 0. */
  readonly index: number;
  readonly final: boolean;
  readonly compressed: Uint8Array;
  /** Bytes before compression. */
  readonly contentBytes: number;
  /** Length of the whole page, at least what it needs. */
  readonly pageBytes: number;
}

/** A page as it is in the archive. */
export async function sealPage(
  page: PageToSeal,
  cipher: AesGcm,
): Promise<Uint8Array<ArrayBuffer>> {
  const sealedBytes = page.pageBytes - pageHeaderBytes;
  const plaintext = new Uint8Array(sealedBytes - tagBytes);
  writeUint32(plaintext, 0, page.contentBytes);
  writeUint32(plaintext, 4, page.compressed.length);
  plaintext.set(page.compressed, prefixBytes);
  const nonce = pageNonce(page.index, page.final);
  return concatBytes(
    encodePageHeader({ final: page.final, sealedBytes }),
    await cipher.seal(nonce, plaintext),
  );
}
