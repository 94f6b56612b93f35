import { XmtpNodeError } from "./errors.js";

/** A refusal of what a client sent. */
export function invalidRequest(message: string): XmtpNodeError {
  return new XmtpNodeError("invalid-request", message);
}

export function checkCount(
  what: string,
  { length }: { readonly length: number },
  max: number,
): void {
  if (length > max) {
    throw new XmtpNodeError(
      "too-large",
      `expected ${max} ${what} at the most, got ${length}`,
    );
  }
}

export function checkBytes(
  what: string,
  { length }: Uint8Array,
  max: number,
): void {
  if (length === 0) throw invalidRequest(`${what}: expected bytes, got none`);
  checkCount(`bytes of ${what}`, { length }, max);
}

const maxGroupIdBytes = 255;
const installationKeyBytes = 32;

export function checkGroupId(bytes: Uint8Array): void {
  checkBytes("group id", bytes, maxGroupIdBytes);
}

export function checkInstallationKey({ length }: Uint8Array): void {
  if (length !== installationKeyBytes) {
    throw invalidRequest(
      `installation key: expected ${installationKeyBytes} bytes, got ${length}`,
    );
  }
}

/** Ids are stored as signed 64-bit integers. */
export function checkCursor(cursor: bigint): void {
  if (cursor >= 2n ** 63n) {
    throw invalidRequest("cursor: expected less than 2^63");
  }
}
