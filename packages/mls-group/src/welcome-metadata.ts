import { MlsGroupError } from "./errors.js";

// XMTP's protobuf message WelcomeMetadata{1: uint64 message_cursor}: a tag and a varint.
const tag = 0x08;
const maxVarintBytes = 10;
const maxCursor = 2n ** 63n - 1n;

export function encodeWelcomeMetadata(
  messageCursor: bigint,
): Uint8Array<ArrayBuffer> {
  const bytes = [tag];
  let rest = messageCursor;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** The place of the commit in the group's topic; 0 when it isn't told. */
export function decodeWelcomeMetadata(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const [first, ...varint] = bytes.subarray(0, 1 + maxVarintBytes);
  const last = varint.findIndex((byte) => byte < 0x80);
  const cursor = varint
    .slice(0, last + 1)
    .reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n);
  const isWhole = last >= 0 && last === bytes.length - 2;
  if (first !== tag || !isWhole || cursor > maxCursor) {
    throw new MlsGroupError(
      "invalid-welcome",
      `expected a message cursor, got ${bytes.length} bytes that are none`,
    );
  }
  return cursor;
}
