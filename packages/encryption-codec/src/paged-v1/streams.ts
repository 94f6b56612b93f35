/** The same stream, which an abort fails with the signal's reason, cancelling the source, even while a read waits. */
export function abortable(
  bytes: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  return signal
    ? bytes.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), {
        signal,
      })
    : bytes;
}

/** Bytes at hand, for what reads chunks. */
export async function* onlyChunk(
  bytes: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
