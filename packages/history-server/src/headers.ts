import {
  expiresInHeader,
  onceHeader,
} from "@history-sync/history-client/contract";
import { HistoryServerError } from "./errors.js";

/** Of tus: `partial`, or `final;` and the addresses of the parts. */
export const concatHeader = "upload-concat";
/** Of tus: an algorithm, and the piece's hash in base64. */
export const checksumHeader = "upload-checksum";

/** The token of `authorization: Bearer {token}`. RFC 6750 section 2.1. */
export function bearerToken(headers: Headers): string | undefined {
  const value = headers.get("authorization") ?? "";
  return /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i.exec(value)?.[1];
}

/** How long the uploader wants the blob kept, and at most `ttlMs`. */
export function wantedTtlMs(headers: Headers, ttlMs: number): number {
  const value = headers.get(expiresInHeader);
  if (value === null) return ttlMs;
  if (!/^[1-9]\d{0,9}$/.test(value)) {
    throw invalid(expiresInHeader, "whole seconds");
  }
  return Math.min(Number(value) * 1000, ttlMs);
}

export function wantsOnce(headers: Headers): boolean {
  const value = headers.get(onceHeader);
  if (value !== null && value !== "1") throw invalid(onceHeader, '"1"');
  return value !== null;
}

function invalid(name: string, expected: string): HistoryServerError {
  return new HistoryServerError(
    "invalid-request",
    `${name}: expected ${expected}`,
  );
}
