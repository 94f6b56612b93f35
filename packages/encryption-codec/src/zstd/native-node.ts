/// <reference types="node" />
import * as zlib from "node:zlib";
import { concatBytes } from "@history-sync/primitives";
import type { NativeInflater, StartNativeInflater } from "./native.js";

/** Node's own zstd. */
export const startNativeInflater: StartNativeInflater | undefined =
  typeof zlib.createZstdDecompress === "function" ? startInflater : undefined;

/** More than one block inflates to. */
const outputBytes = 1 << 18;

function startInflater(maxWindowBytes: number): NativeInflater {
  const windowLogMax = Math.max(10, Math.ceil(Math.log2(maxWindowBytes)));
  const zstd = zlib.createZstdDecompress({
    chunkSize: outputBytes,
    params: { [zlib.constants.ZSTD_d_windowLogMax]: windowLogMax },
  });
  let output: Uint8Array[] = [];
  let reject: (error: Error) => void = () => {};
  zstd.on("data", (chunk: Uint8Array) => output.push(chunk));
  // A failed write never calls back: the error comes by this event alone.
  zstd.on("error", (error: Error) => reject(error));
  return {
    write: (bytes) =>
      new Promise((resolve, rejectWrite) => {
        reject = rejectWrite;
        zstd.write(bytes, () => {
          // Reading returns the bytes that the listener hasn't received.
          while (zstd.read() !== null);
          const inflated = concatBytes(...output);
          output = [];
          resolve(inflated);
        });
      }),
    close() {
      zstd.destroy();
    },
  };
}
