import { toHex } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { createAesGcm } from "../../src/aes/create.js";
import { deriveKeys, sha256 } from "../../src/paged-v1/keys.js";
import {
  pageHeaderBytes,
  pageNonce,
  prefixBytes,
  readUint32,
  type Suite,
} from "../../src/paged-v1/layout.js";
import { fullPageBytes } from "../../src/paged-v1/padding.js";
import { chat } from "./chat.js";
import { contentOf, text } from "./craft.js";
import { hmac } from "./independent-reader.js";
import { openPages, pageBytes, seal } from "./opening.js";

/** An archive with everything on the way to it; bytes in hex. */
export interface Vector {
  readonly description: string;
  readonly suite: Suite;
  readonly key: string;
  readonly salt: string;
  readonly derived: {
    /** HKDF-Extract's result. */
    readonly secret: string;
    readonly pageKey: string;
    readonly commitment: string;
  };
  readonly header: string;
  /** SHA-256 of the header: the archive's id, and every page's associated data. */
  readonly archiveId: string;
  readonly pages: readonly PageVector[];
  readonly archiveSha256: string;
}

interface PageVector {
  readonly final: boolean;
  readonly frames: readonly { readonly frame: string }[];
  readonly content: string;
  readonly compressed: string;
  readonly paddingBytes: number;
  readonly nonce: string;
  /** The page as it is in the archive: mark, length, ciphertext, tag. */
  readonly page: string;
  readonly sha256: string;
}

interface Recipe {
  readonly description: string;
  readonly suite: Suite;
  readonly seed: number;
  readonly items: readonly Uint8Array[];
  readonly fullPage?: number;
}

export const recipes: Readonly<Record<string, Recipe>> = {
  "tiny-zstd": {
    description: "Three frames in one page; suite 1.",
    suite: "zstd",
    seed: 1,
    items: [text("first"), text("2"), text("third frame, third")],
  },
  "tiny-deflate": {
    description: "The same three frames; suite 2.",
    suite: "deflate",
    seed: 2,
    items: [text("first"), text("2"), text("third frame, third")],
  },
  "several-pages": {
    description:
      "A page break after the first frame, then full pages of 1 KiB instead of 512 KiB, and a last one; suite 1.",
    suite: "zstd",
    seed: 3,
    items: [text("metadata"), new Uint8Array(0), ...chat(20)],
    fullPage: 1_024,
  },
};

export async function makeVector(recipe: Recipe): Promise<Vector> {
  const { suite, seed, items, fullPage = fullPageBytes } = recipe;
  const random = unsafeSeededBytes(seed);
  const key = random(32);
  const salt = random(32);
  const sealed = await seal(items, {
    key,
    suite,
    randomBytes: () => salt,
    pageBytes: fullPage,
  });
  const { pageKey, commitment } = deriveKeys(key, salt, suite);
  const { archive, archiveId, header } = sealed;
  const opened = await openPages(archive, { key });
  const cipher = await createAesGcm(pageKey, archiveId);
  const pages: PageVector[] = [];
  for (const [index, page] of pageBytes(sealed).entries()) {
    const { frames = [], final = false } = opened[index] ?? {};
    const nonce = pageNonce(index, final);
    const plain = await cipher.open(nonce, page.subarray(pageHeaderBytes));
    if (!plain) throw new RangeError(`page ${index} does not open`);
    const end = prefixBytes + readUint32(plain, 4);
    pages.push({
      final,
      frames: frames.map((frame) => ({ frame: toHex(frame) })),
      content: toHex(contentOf(...frames)),
      compressed: toHex(plain.subarray(prefixBytes, end)),
      paddingBytes: plain.length - end,
      nonce: toHex(nonce),
      page: toHex(page),
      sha256: toHex(await sha256(page)),
    });
  }
  return {
    description: recipe.description,
    suite,
    key: toHex(key),
    salt: toHex(salt),
    derived: {
      secret: toHex(await hmac(salt, key)),
      pageKey: toHex(pageKey),
      commitment: toHex(commitment),
    },
    header: toHex(header),
    archiveId: toHex(archiveId),
    pages,
    archiveSha256: toHex(await sha256(archive)),
  };
}

/** A file's text. */
export function vectorFile(vector: unknown): string {
  return `${JSON.stringify(vector, null, 2)}\n`;
}
