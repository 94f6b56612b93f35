import { concatBytes } from "@history-sync/primitives";
import { BlockDecoder } from "./block-decoder.js";
import {
  type BlockHeader,
  encodeBlockHeader,
  maxBlockBytes,
} from "./block-header.js";
import { corrupt } from "./corrupt.js";
import { frameMagic, windowSize } from "./frame-header.js";
import type { NativeInflater, StartNativeInflater } from "./native.js";
import { Window } from "./window.js";

/**
 * Inflates the blocks of one zstd frame. Raw and RLE blocks need no decompressor, and archives of messages hold nothing
 * else (the length prefixes of many short records are what does compress): only from the first compressed block on, the
 * platform's zstd is given all blocks, or our own decoder where there is none.
 */
export class FrameInflater {
  /** The most that a block may hold or inflate to (RFC 8878 section 3.1.1.2.4). */
  readonly maxBytes: number;
  readonly #window: Window;
  readonly #startNative: StartNativeInflater | undefined;
  #native: NativeInflater | undefined;
  #decoder: BlockDecoder | undefined;

  constructor(
    windowBytes: number,
    startNative: StartNativeInflater | undefined,
  ) {
    this.maxBytes = Math.min(windowBytes, maxBlockBytes);
    this.#window = new Window(windowBytes, this.maxBytes);
    this.#startNative = startNative;
  }

  /** Inflates one block with a header's size within `maxBytes`. Rejects for a malformed one. */
  async inflate(header: BlockHeader, body: Uint8Array): Promise<Uint8Array> {
    if (header.type === "compressed") await this.#startDecompressor();
    if (this.#native) return this.#inflateNatively(this.#native, header, body);
    if (header.type === "compressed" && this.#decoder) {
      return this.#decoder.decode(body);
    }
    const inflated =
      header.type === "rle"
        ? new Uint8Array(header.size).fill(body[0] ?? 0)
        : body;
    this.#window.append(inflated);
    return inflated;
  }

  close(): void {
    this.#native?.close();
  }

  async #startDecompressor(): Promise<void> {
    if (this.#native || this.#decoder) return;
    if (!this.#startNative) {
      this.#decoder = new BlockDecoder(this.#window, this.maxBytes);
      return;
    }
    const descriptor = windowDescriptor(this.#window.size);
    this.#native = this.#startNative(windowSize(descriptor));
    await this.#native.write(Uint8Array.of(...frameMagic, 0, descriptor));
    const history = this.#window.reachable;
    for (let at = 0; at < history.length; at += this.maxBytes) {
      const part = history.subarray(at, at + this.maxBytes);
      await this.#native.write(
        wholeBlock({ last: false, type: "raw", size: part.length }, part),
      );
    }
  }

  async #inflateNatively(
    native: NativeInflater,
    header: BlockHeader,
    body: Uint8Array,
  ): Promise<Uint8Array> {
    const inflated = await native.write(wholeBlock(header, body));
    if (inflated.length > this.maxBytes) {
      throw corrupt(
        `expected at most ${this.maxBytes} inflated bytes, got ${inflated.length}`,
      );
    }
    return inflated;
  }
}

function wholeBlock(header: BlockHeader, body: Uint8Array): Uint8Array {
  // The frame is ended by `close`, so that the decompressor never waits for a checksum.
  return concatBytes(encodeBlockHeader({ ...header, last: false }), body);
}

/** The smallest descriptor of a window that holds `bytes` (RFC 8878 section 3.1.1.1.2). */
function windowDescriptor(bytes: number): number {
  let descriptor = 0;
  while (windowSize(descriptor) < bytes) descriptor++;
  return descriptor;
}
