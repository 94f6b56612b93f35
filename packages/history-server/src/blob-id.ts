import { type RandomBytes, toHex } from "@history-sync/primitives";
import { HistoryServerError } from "./errors.js";

declare const brand: unique symbol;

/**
 * The name of a blob and the only right to read it: 22 to 128 letters, digits, `-` and `_`,
 * which has room for the hex ids made here, XMTP's UUIDs and 128 bits in base64url.
 */
export type BlobId = string & { readonly [brand]: "BlobId" };

const form = /^[A-Za-z0-9_-]{22,128}$/;
const randomBytesOfId = 16;

export function isBlobId(text: string): text is BlobId {
  return form.test(text);
}

/** Takes a text for an id, or throws `invalid-blob-id`. */
export function blobId(text: string): BlobId {
  if (!isBlobId(text)) {
    throw new HistoryServerError(
      "invalid-blob-id",
      `expected 22 to 128 letters, digits, "-" or "_", got ${text.length} characters`,
    );
  }
  return text;
}

/** A fresh id of 128 random bits, in lower-case hex so that no file system mixes two of them up. */
export function newBlobId(randomBytes: RandomBytes): BlobId {
  return blobId(toHex(randomBytes(randomBytesOfId)));
}

/** What logs may show of an id: enough to tell two apart, too little to fetch with. */
export function idPrefix(id: BlobId): string {
  return id.slice(0, 6);
}
