import { concatBytes } from "@history-sync/primitives";

export interface PrivateMessageOptions {
  /** Makes one message differ from another. */
  readonly n?: number;
  /** 1: application, 2: proposal, 3: commit (RFC 9420 section 6). */
  readonly contentType?: number;
  /** The length of the ciphertext, besides that of `n`. */
  readonly bytes?: number;
}

/** Returns a private message of the group that can't be decrypted; all that an XMTP node reads of it is well-formed. */
export function privateMessage(
  groupId: Uint8Array,
  { n = 0, contentType = 1, bytes = 16 }: PrivateMessageOptions = {},
): Uint8Array<ArrayBuffer> {
  return concatBytes(
    uint16(1),
    uint16(2),
    vector(groupId),
    uint64(0n),
    Uint8Array.of(contentType),
    vector(new Uint8Array()),
    vector(new Uint8Array(28)),
    vector(concatBytes(uint32(n), new Uint8Array(bytes))),
  );
}

export function publicCommit(
  groupId: Uint8Array,
  sender: Uint8Array = concatBytes(Uint8Array.of(1), uint32(0)),
): Uint8Array {
  return concatBytes(
    uint16(1),
    uint16(1),
    vector(groupId),
    uint64(0n),
    sender,
    vector(new Uint8Array()),
    Uint8Array.of(3),
    new Uint8Array(64),
  );
}

export function vector(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length < 0x40) return concatBytes(Uint8Array.of(length), bytes);
  if (length < 0x4000) return concatBytes(uint16(0x4000 | length), bytes);
  return concatBytes(uint32(0x80000000 + length), bytes);
}

export function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

export function uint64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}
