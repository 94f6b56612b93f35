/// <reference types="node" />
import * as zlib from "node:zlib";
import type { NativeZlib } from "./native.js";

interface InflatedWithInfo {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/** Node's own; zstd from 22.15 on. */
export const nativeZlib: NativeZlib | undefined = {
  zstd:
    typeof zlib.zstdCompressSync === "function"
      ? {
          compress: (content) => zlib.zstdCompressSync(content),
          decompress: (compressed, maxOutputLength) =>
            zlib.zstdDecompressSync(compressed, { maxOutputLength }),
        }
      : undefined,
  deflate: (content) => zlib.deflateRawSync(content),
  inflate: (compressed, maxOutputLength) => {
    // https://nodejs.org/api/zlib.html#class-options: `info` changes what is returned, which the types don't say.
    const { buffer, engine } = zlib.inflateRawSync(compressed, {
      maxOutputLength,
      info: true,
    }) as unknown as InflatedWithInfo;
    return { content: buffer, usedBytes: engine.bytesWritten };
  },
};
