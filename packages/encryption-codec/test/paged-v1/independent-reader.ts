import { chunksOf, readAll, streamOf } from "@history-sync/primitives";

/** A reader after the text of FORMAT.md alone: it shares nothing with `src` and checks nothing that vectors don't need. */

const encoder = new TextEncoder();

type Bytes = Uint8Array<ArrayBuffer>;

interface ReadPage {
  readonly final: boolean;
  readonly nonce: Bytes;
  readonly compressed: Bytes;
  readonly contentBytes: number;
  readonly padding: Bytes;
}

export interface ReadArchive {
  readonly suite: number;
  readonly secret: Bytes;
  readonly pageKey: Bytes;
  readonly commitment: Bytes;
  readonly headerHash: Bytes;
  readonly pages: readonly ReadPage[];
}

export async function readArchive(
  archive: Bytes,
  key: Bytes,
): Promise<ReadArchive> {
  const view = new DataView(archive.buffer, archive.byteOffset);
  const suite = view.getUint8(9);
  const salt = archive.slice(10, 42);
  const headerHash = await digest(archive.slice(0, 74));
  // RFC 5869 section 2.2.
  const secret = await hmac(salt, key);
  const pageKey = await expand(secret, "page key", suite);
  const pages: ReadPage[] = [];
  for (let at = 74; at < archive.length; ) {
    const mark = view.getUint8(at);
    const length = view.getUint32(at + 1, true);
    const nonce = new Uint8Array(12);
    const nonceView = new DataView(nonce.buffer);
    nonceView.setBigUint64(0, BigInt(pages.length), true);
    nonceView.setUint8(11, mark);
    const sealed = archive.slice(at + 5, at + 5 + length);
    const plain = await decrypt(pageKey, nonce, headerHash, sealed);
    const numbers = new DataView(plain.buffer);
    const end = 8 + numbers.getUint32(4, true);
    pages.push({
      final: mark === 1,
      nonce,
      contentBytes: numbers.getUint32(0, true),
      compressed: plain.slice(8, end),
      padding: plain.slice(end),
    });
    at += 5 + length;
  }
  const commitment = await expand(secret, "key commitment", suite);
  return { suite, secret, pageKey, commitment, headerHash, pages };
}

/** Frames out of a page's content. */
export function readFrames(content: Uint8Array): Uint8Array[] {
  const view = new DataView(content.buffer, content.byteOffset);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < content.length; ) {
    const end = at + 4 + view.getUint32(at, true);
    frames.push(content.slice(at + 4, end));
    at = end;
  }
  return frames;
}

export async function inflateRaw(compressed: Bytes): Promise<Bytes> {
  const inflater = new DecompressionStream("deflate-raw");
  const transform = inflater as TransformStream<Uint8Array, Uint8Array>;
  const parts = chunksOf(streamOf([compressed]).pipeThrough(transform));
  return readAll(streamOf(parts));
}

/** RFC 5869 section 2.3, for one block. */
async function expand(
  secret: Bytes,
  use: string,
  suite: number,
): Promise<Bytes> {
  const label = encoder.encode(`history-sync paged-v1 ${use}`);
  return hmac(secret, new Uint8Array([...label, 1, suite, 1]));
}

export async function hmac(key: Bytes, message: Bytes): Promise<Bytes> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const usages: KeyUsage[] = ["sign"];
  const own = await crypto.subtle.importKey(
    "raw",
    key,
    algorithm,
    false,
    usages,
  );
  return new Uint8Array(await crypto.subtle.sign("HMAC", own, message));
}

async function decrypt(
  pageKey: Bytes,
  iv: Bytes,
  additionalData: Bytes,
  sealed: Bytes,
): Promise<Bytes> {
  const name = "AES-GCM";
  const secret = await crypto.subtle.importKey("raw", pageKey, name, false, [
    "decrypt",
  ]);
  const parameters = { name, iv, additionalData };
  return new Uint8Array(
    await crypto.subtle.decrypt(parameters, secret, sealed),
  );
}

export async function digest(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
