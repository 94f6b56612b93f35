import type { GroupMessageSave } from "@history-sync/proto/device-sync";
import { sha256Words } from "#sha256";

const words = 8;

/** Returns the SHA-256 of a message as eight words: over the length of its id, its id and its body. */
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
 * A digest of a set of messages: the sum of their hashes modulo 2^256. It doesn't depend on their order, and can be
 * resumed from its bytes. It detects lost, repeated and mixed-up messages. It doesn't protect from an attacker who can
 * choose all messages and the sum; the archive's seal does.
 */
export class DigestSum {
  /** The most significant word first. */
  readonly #words = new Uint32Array(words);

  /** Resumes from the bytes of a sum. */
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

  /** Returns the sum as 32 bytes, big-endian. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(4 * words);
    const view = new DataView(bytes.buffer);
    for (const [i, word] of this.#words.entries()) view.setUint32(4 * i, word);
    return bytes;
  }
}
