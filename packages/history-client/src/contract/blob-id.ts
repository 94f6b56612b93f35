declare const brand: unique symbol;

/**
 * The name of a blob and the only right to read it: 22 to 128 letters, digits, `-` and `_`,
 * which has room for the server's hex ids, XMTP's UUIDs and 128 bits in base64url.
 */
export type BlobId = string & { readonly [brand]: "BlobId" };

const form = /^[A-Za-z0-9_-]{22,128}$/;

/** Returns true if the text has the form of a blob id. */
export function isBlobId(text: string): text is BlobId {
  return form.test(text);
}
