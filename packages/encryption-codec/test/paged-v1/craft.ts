import { concatBytes, fromHex } from "@history-sync/primitives";
import { createAesGcm } from "../../src/aes/create.js";
import { deriveKeys, sha256 } from "../../src/paged-v1/keys.js";
import {
  encodeHeader,
  encodePageHeader,
  pageNonce,
  type Suite,
} from "../../src/paged-v1/layout.js";
import { littleEndian, zstdBlock, zstdFrame } from "../support/records.js";

/** Archives made by hand, without padding: what no writer makes, but every reader must judge. */

export const key: Uint8Array = fromHex("6b".repeat(32));
export const salt: Uint8Array = fromHex("5a".repeat(32));

export interface CraftedPage {
  /** The plaintext that is sealed: see `plaintext`. */
  readonly plaintext: Uint8Array;
  readonly final?: boolean;
  /** Another number than its place. */
  readonly index?: number;
}

export interface CraftOptions {
  readonly key?: Uint8Array;
  readonly salt?: Uint8Array;
  readonly suite?: Suite;
}

/** The header and each page, ready to be joined in any order. */
export async function craftParts(
  pages: readonly CraftedPage[],
  options: CraftOptions = {},
): Promise<Uint8Array[]> {
  const suite = options.suite ?? "deflate";
  const usedSalt = options.salt ?? salt;
  const { pageKey, commitment } = deriveKeys(
    options.key ?? key,
    usedSalt,
    suite,
  );
  const header = encodeHeader({ suite, salt: usedSalt, commitment });
  const cipher = await createAesGcm(pageKey, await sha256(header));
  const parts: Uint8Array[] = [header];
  for (const [place, page] of pages.entries()) {
    const final = page.final ?? place === pages.length - 1;
    const nonce = pageNonce(page.index ?? place, final);
    const sealed = await cipher.seal(nonce, page.plaintext);
    const head = encodePageHeader({ final, sealedBytes: sealed.length });
    parts.push(concatBytes(head, sealed));
  }
  return parts;
}

export async function craft(
  pages: readonly CraftedPage[],
  options?: CraftOptions,
): Promise<Uint8Array> {
  return concatBytes(...(await craftParts(pages, options)));
}

export interface PlaintextOptions {
  readonly suite?: Suite;
  /** The page's claim, where it is false. */
  readonly contentBytes?: number;
  readonly compressedBytes?: number;
  readonly compressed?: Uint8Array;
  readonly padding?: Uint8Array;
}

/** A page before it is sealed. */
export function plaintext(
  content: Uint8Array,
  options: PlaintextOptions = {},
): Uint8Array {
  const store = options.suite === "zstd" ? storedZstd : storedDeflate;
  const compressed = options.compressed ?? store(content);
  return concatBytes(
    littleEndian(options.contentBytes ?? content.length, 4),
    littleEndian(options.compressedBytes ?? compressed.length, 4),
    compressed,
    options.padding ?? new Uint8Array(0),
  );
}

/** A page's content: frames after their lengths. */
export function contentOf(...frames: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    ...frames.flatMap((frame) => [littleEndian(frame.length, 4), frame]),
  );
}

/** RFC 1951 section 3.2.4: a deflate stream that compresses nothing, of at most 65,535 bytes. */
export function storedDeflate(content: Uint8Array): Uint8Array {
  const length = littleEndian(content.length, 2);
  return concatBytes(
    Uint8Array.of(1),
    length,
    length.map((byte) => byte ^ 0xff),
    content,
  );
}

/** RFC 8878 section 3.1.1: one frame with its size in 4 bytes, of one stored block. */
export function storedZstd(content: Uint8Array): Uint8Array {
  return zstdFrame(
    [zstdBlock(0, content.length, content)],
    concatBytes(Uint8Array.of(0x80, 0x58), littleEndian(content.length, 4)),
  );
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** A page that holds these texts as frames. */
export function pageOf(suite: Suite, ...texts: readonly string[]): CraftedPage {
  return { plaintext: plaintext(contentOf(...texts.map(text)), { suite }) };
}
