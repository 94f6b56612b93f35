import { byteStreamOf, isByteStream } from "./byte-stream.js";

/** Reads a body into buffers that its caller lends. */
export interface PieceReader {
  /**
   * The next bytes, none at the end. The stream takes the buffer that is lent, and what comes back has it, with all that was in it
   * before.
   */
  read(lent: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  cancel(): Promise<void>;
}

export function pieceReader(body: ReadableStream<Uint8Array>): PieceReader {
  const reader = isByteStream(body)
    ? body.getReader({ mode: "byob" })
    : copyingReader(body);
  return {
    read: async (lent) => (await reader.read(lent)).value ?? new Uint8Array(),
    cancel: () => reader.cancel(),
  };
}

function copyingReader(
  body: ReadableStream<Uint8Array>,
): ReadableStreamBYOBReader {
  const reader = body.getReader();
  const chunks: AsyncIterator<Uint8Array> = {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done, value };
    },
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
  return byteStreamOf(chunks).getReader({ mode: "byob" });
}
