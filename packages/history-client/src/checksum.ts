import { etagOf } from "./contract/headers.js";
import { HistoryClientError } from "./errors.js";

const sha256Etag = /^"[0-9a-f]{64}"$/;

/** A strong validator that is also a checksum; undefined for any other. */
export function checksumEtag(headers: Headers): string | undefined {
  const etag = headers.get("etag") ?? "";
  return sha256Etag.test(etag) ? etag : undefined;
}

/** Throws `corrupted` where a server names another SHA-256 than ours; servers without checksums pass. */
export function compareChecksum(
  etag: string | undefined,
  sha256: string,
  where: string,
): void {
  if (etag === undefined || etag === etagOf(sha256)) return;
  throw new HistoryClientError(
    "corrupted",
    `the SHA-256 of what was ${where} is not that of what was sent`,
    { retryable: true },
  );
}
