import { createHash } from "node:crypto";
import type { Sha256 } from "./portable.js";

/** OpenSSL's, ten times as fast as JavaScript. */
export function newSha256(): Sha256 {
  const hash = createHash("sha256");
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest("hex"),
  };
}
