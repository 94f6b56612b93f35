import { type Clock, concatBytes } from "@history-sync/primitives";
import { HistoryServerError } from "../errors.js";

/** The rights of an upload token. */
export interface UploadGrant {
  /** Of one upload. */
  readonly maxBytes: number;
  /** The last moment to begin one, in milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
}

const version = "v1";
const form = /^v1\.(\d{1,16})\.(\d{1,16})\.([A-Za-z0-9_-]{43})$/;

/** The shortest secret that is taken: as long as the HMAC's own strength. */
export const minSecretBytes = 32;

/**
 * Makes the token `v1.{maxBytes}.{expiresAtMs}.{HMAC-SHA-256 in base64url}`. Its holder can upload until it expires, as
 * often as needed; it doesn't name the holder.
 */
export async function mintUploadToken(
  secret: Uint8Array,
  { maxBytes, expiresAtMs }: UploadGrant,
): Promise<string> {
  const claim = `${version}.${maxBytes}.${expiresAtMs}`;
  const key = await hmacKey(secret);
  const mac = await crypto.subtle.sign("HMAC", key, utf8(claim));
  return `${claim}.${toBase64Url(new Uint8Array(mac))}`;
}

/** Reads a token; throws `unauthorized` for one that is missing, of another form, forged or over. */
export async function checkUploadToken(
  secret: Uint8Array,
  token: string | undefined,
  clock: Clock,
): Promise<UploadGrant> {
  const [, maxBytes, expiresAtMs, mac] = form.exec(token ?? "") ?? [];
  if (mac === undefined) throw refused("expected an upload token");
  const claim = utf8(`${version}.${maxBytes}.${expiresAtMs}`);
  const key = await hmacKey(secret);
  if (!(await crypto.subtle.verify("HMAC", key, fromBase64Url(mac), claim))) {
    throw refused("the upload token is not of this server");
  }
  const grant = {
    maxBytes: Number(maxBytes),
    expiresAtMs: Number(expiresAtMs),
  };
  if (clock.nowMs() >= grant.expiresAtMs) {
    throw refused("the upload token is over");
  }
  return grant;
}

function hmacKey(secret: Uint8Array): Promise<CryptoKey> {
  if (secret.length < minSecretBytes) {
    throw new HistoryServerError(
      "invalid-setting",
      `expected a secret of ${minSecretBytes} bytes or more, got ${secret.length}`,
    );
  }
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", concatBytes(secret), algorithm, false, [
    "sign",
    "verify",
  ]);
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function refused(reason: string): HistoryServerError {
  return new HistoryServerError("unauthorized", reason);
}
