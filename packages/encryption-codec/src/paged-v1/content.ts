import { checkLimit, EncryptionCodecError } from "../errors.js";
import type { CodecLimits } from "../limits.js";
import { frameLengthBytes, readUint32, writeUint32 } from "./layout.js";

/** More frames than this in a page are a bomb: readers make an object for each. */
export const maxPageFrames = 65_536;

const firstCapacity = 1_048_576;

/** Frames that wait for a page, in its form: each after its length. */
export class PendingFrames {
  #buffer = new Uint8Array(firstCapacity);
  #ends: number[] = [];

  get count(): number {
    return this.#ends.length;
  }

  get bytes(): number {
    return this.#ends.at(-1) ?? 0;
  }

  append(frame: Uint8Array): void {
    const start = this.bytes;
    const end = start + frameLengthBytes + frame.length;
    if (end > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#buffer.length));
      grown.set(this.#buffer.subarray(0, start));
      this.#buffer = grown;
    }
    writeUint32(this.#buffer, start, frame.length);
    this.#buffer.set(frame, start + frameLengthBytes);
    this.#ends.push(end);
  }

  /** How many of the first frames take at most so many bytes. */
  countWithin(bytes: number): number {
    const over = this.#ends.findIndex((end) => end > bytes);
    return over === -1 ? this.count : over;
  }

  /** The first frames: a view, valid until the next change. */
  first(count: number): Uint8Array {
    return this.#buffer.subarray(0, this.#ends[count - 1] ?? 0);
  }

  drop(count: number): void {
    const bytes = this.#ends[count - 1] ?? 0;
    this.#buffer.copyWithin(0, bytes, this.bytes);
    this.#ends = this.#ends.slice(count).map((end) => end - bytes);
  }
}

/** The frames of an inflated page, as views of it. `where` names the page in messages. */
export function splitFrames(
  content: Uint8Array,
  where: string,
  limits: CodecLimits,
): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < content.length; ) {
    checkLimit(`frames of ${where}`, frames.length + 1, maxPageFrames);
    const left = content.length - at - frameLengthBytes;
    const length = left < 0 ? 0 : readUint32(content, at);
    checkLimit(`frame of ${where} in bytes`, length, limits.maxFrameBytes);
    if (length > left) {
      throw new EncryptionCodecError(
        "invalid-page",
        `frame ${frames.length} at offset ${at} of ${where}: expected at most ${left} bytes, got ${length}`,
      );
    }
    at += frameLengthBytes;
    frames.push(content.subarray(at, at + length));
    at += length;
  }
  return frames;
}
