import { isByteStream } from "./byte-stream.js";

/** Reads a body's chunks, each of which belongs to its reader alone. */
export interface ChunkReader {
  /** Undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
}

/** A byte stream hands over its chunks with their buffers. Those of other streams may be in use elsewhere, so they are copied. */
export function chunkReader(body: ReadableStream<Uint8Array>): ChunkReader {
  const handsOver = isByteStream(body);
  const reader = body.getReader();
  return {
    async read() {
      const { value } = await reader.read();
      return handsOver ? value : value?.slice();
    },
    cancel: () => reader.cancel(),
  };
}
