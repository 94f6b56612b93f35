/**
 * Releases a buffer's memory at once. It must not be used any more. To V8 a buffer is a small object, so that dozens of
 * megabytes of them would wait for its garbage collector.
 */
export function release(buffer: ArrayBufferLike): void {
  // Where engines don't have it yet (Node 20), the garbage collector does the work.
  (buffer as { transfer?(length: number): unknown }).transfer?.(0);
}

/** Gives a chunk's memory back, unless its buffer has other bytes as well. */
export function releaseChunk({ byteLength, buffer }: Uint8Array): void {
  if (byteLength === buffer.byteLength) release(buffer);
}

/** A buffer of a size: the one that is free where it has that size, which is released where it hasn't. */
export function bufferOf(
  bytes: number,
  free: ArrayBuffer | undefined,
): ArrayBuffer {
  if (free?.byteLength === bytes) return free;
  if (free) release(free);
  return new ArrayBuffer(bytes);
}
