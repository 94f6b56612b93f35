import type { GroupMessageSave } from "@history-sync/proto/device-sync";
import { sha256Words } from "#sha256";

const words = 8;

/** SHA-256 over a message's id, behind its length, and its body; as words. */
export function messageHash({
  id,
  decryptedMessageBytes: body,
}: Pick<GroupMessageSave, "id" | "decryptedMessageBytes">): Uint32Array {
  const bytes = new Uint8Array(4 + id.length + body.length);
  bytes[0] = id.length >>> 24;
  bytes[1] = id.length >>> 16;
  bytes[2] = id.length >>> 8;
  bytes[3] = id.length;
  bytes.set(id, 4);
  bytes.set(body, 4 + id.length);
  return sha256Words(bytes);
}

/**
 * A digest of a set of messages: the sum of their hashes modulo 2^256. It is the same in whatever order they come, and
 * goes on from where an import stopped. It tells what was lost, repeated or mixed up; it doesn't stand against someone
 * who may choose all messages and the sum as well, from which the archive's seal protects it.
 */
export class DigestSum {
  /** The most significant first. */
  readonly #words = new Uint32Array(words);

  /** Goes on from a sum's bytes. */
  constructor(bytes?: Uint8Array) {
    if (bytes?.length !== 4 * words) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (const i of this.#words.keys()) this.#words[i] = view.getUint32(4 * i);
  }

  add(hash: Uint32Array): void {
    let carry = 0;
    for (let i = words - 1; i >= 0; i--) {
      const sum = (this.#words[i] ?? 0) + (hash[i] ?? 0) + carry;
      this.#words[i] = sum;
      carry = sum > 0xffff_ffff ? 1 : 0;
    }
  }

  /** Big-endian, 32 bytes. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(4 * words);
    const view = new DataView(bytes.buffer);
    for (const [i, word] of this.#words.entries()) view.setUint32(4 * i, word);
    return bytes;
  }
}
