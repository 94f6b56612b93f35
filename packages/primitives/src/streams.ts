import { concatBytes } from "./bytes.js";

/**
 * Returns a web stream of the chunks. It reads a chunk when its reader asks for one; cancelling it ends the iteration.
 *
 * @example
 * ```ts
 * import { readAll, streamOf } from "@history-sync/primitives";
 *
 * const stream = streamOf([Uint8Array.of(1), Uint8Array.of(2)]);
 * console.log((await readAll(stream)).length); // 2
 * ```
 */
export function streamOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): ReadableStream<Uint8Array> {
  const iterator =
    Symbol.asyncIterator in chunks
      ? chunks[Symbol.asyncIterator]()
      : chunks[Symbol.iterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Iterates over the chunks of a web stream. Leaving the loop cancels the stream. (Safari has no
 * `ReadableStream[Symbol.asyncIterator]`.)
 *
 * @example
 * ```ts
 * import { chunksOf, streamOf } from "@history-sync/primitives";
 *
 * for await (const chunk of chunksOf(streamOf([Uint8Array.of(1)]))) {
 *   console.log(chunk.length);
 * }
 * ```
 */
export async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let ended = false;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) {
        ended = true;
        return;
      }
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

/** Returns all bytes of a stream. They are all in memory, so it is for small streams. */
export async function readAll(
  stream: ReadableStream<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunksOf(stream)) parts.push(chunk);
  return concatBytes(...parts);
}
