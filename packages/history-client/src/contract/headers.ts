/** Request header: seconds until the blob expires, at most the server's own limit. */
export const expiresInHeader = "history-sync-expires-in";
/** Request header: `1` for a blob that is deleted after its first complete download. */
export const onceHeader = "history-sync-once";
/** Response header to the uploader: the token that deletes the blob. */
export const deletionTokenHeader = "history-sync-deletion-token";
/** Response header to the uploader: the time at which the blob expires, as ISO 8601. */
export const expiresAtHeader = "history-sync-expires-at";
/** Response header: the limit of one upload, in bytes. */
export const maxBytesHeader = "history-sync-max-bytes";

/** Returns a blob's strong validator: its SHA-256 in quotes. RFC 9110 section 8.8.3. */
export function etagOf(sha256: string): string {
  return `"${sha256}"`;
}
