/** Returns the same stream, and calls `onBytes` with the size of each chunk that passes. */
export function metered(
  stream: ReadableStream<Uint8Array>,
  onBytes: (length: number) => void,
): ReadableStream<Uint8Array> {
  return stream.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        onBytes(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
}
