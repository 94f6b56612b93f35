import { type BlobId, isBlobId } from "@history-sync/history-client/contract";
import { type RandomBytes, toHex } from "@history-sync/primitives";
import { HistoryServerError } from "./errors.js";

const randomBytesOfId = 16;

/**
 * Checks that a text is a blob id, and returns it as one.
 *
 * @throws {HistoryServerError} `invalid-blob-id`
 */
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

/** Returns the part of an id for logs: enough to tell two apart, too little to fetch with. */
export function idPrefix(id: BlobId): string {
  return id.slice(0, 6);
}
