/** The calls of the platform's zlib for a page, one for each direction. */
export interface NativeZlib {
  /** Undefined where the platform has no zstd. */
  readonly zstd:
    | {
        compress(content: Uint8Array): Uint8Array;
        /** Throws rather than make more than `maxBytes`. */
        decompress(compressed: Uint8Array, maxBytes: number): Uint8Array;
      }
    | undefined;
  deflate(content: Uint8Array): Uint8Array;
  /** Throws rather than make more than `maxBytes`. */
  inflate(
    compressed: Uint8Array,
    maxBytes: number,
  ): { readonly content: Uint8Array; readonly usedBytes: number };
}

/** Browsers have streams only; `native-node.ts` replaces this file in Node.js. */
export const nativeZlib: NativeZlib | undefined = undefined;
