import { newSha256 } from "#sha256";

/** Of the text's UTF-8, in lower-case hex. */
export function sha256OfText(text: string): string {
  const hash = newSha256();
  hash.update(new TextEncoder().encode(text));
  return hash.digest();
}
