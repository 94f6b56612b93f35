import { newSha256 } from "@history-sync/history-client/contract";

/** Of the text's UTF-8, in lower-case hex. */
export function sha256OfText(text: string): string {
  const hash = newSha256();
  hash.update(new TextEncoder().encode(text));
  return hash.digest();
}
