import { blockHeaderBytes, encodeBlockHeader } from "./block-header.js";
import { frameMagic } from "./frame-header.js";

/**
 * Bytes of a stored block. A decoder's block limit is the smaller of the window and 128 KiB
 * (RFC 8878 section 3.1.1.2.4), so that the window below must be no smaller than this.
 */
export const storedBlockBytes = 65_536;

/**
 * The header of a zstd frame of stored blocks (RFC 8878 section 3.1.1.1).
 *
 * Descriptor 0: no content size (it isn't known when the stream starts), no single segment (which would need one),
 * no checksum (every record has its own, stronger tag), no dictionary.
 * Window descriptor 0x30: exponent 6, mantissa 0, which is 2^(10+6) = 64 KiB (section 3.1.1.1.2).
 */
export const storedFrameHeader: Uint8Array = Uint8Array.of(
  ...frameMagic,
  0,
  0x30,
);

/** Cuts bytes into stored ("raw") blocks, RFC 8878 section 3.1.1.2.2: zstd without a compressor. */
export class StoredBlocks {
  #block = new Uint8Array(blockHeaderBytes + storedBlockBytes);
  #filled = 0;

  /** The blocks that became full. One is held back until more bytes come, since the last must be marked. */
  *append(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#filled === storedBlockBytes) yield this.#finish(false);
      const part = bytes.subarray(at, at + storedBlockBytes - this.#filled);
      this.#block.set(part, blockHeaderBytes + this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  /** The last block, which ends the zstd frame. */
  end(): Uint8Array {
    return this.#finish(true);
  }

  #finish(last: boolean): Uint8Array {
    const block = this.#block.subarray(0, blockHeaderBytes + this.#filled);
    block.set(encodeBlockHeader({ last, type: "raw", size: this.#filled }));
    this.#block = new Uint8Array(this.#block.length);
    this.#filled = 0;
    return block;
  }
}

/** Bytes of the zstd frame that `StoredBlocks` makes of `contentBytes`, header included. */
export function storedFrameSize(contentBytes: number): number {
  const blocks = Math.max(1, Math.ceil(contentBytes / storedBlockBytes));
  return storedFrameHeader.length + blocks * blockHeaderBytes + contentBytes;
}
