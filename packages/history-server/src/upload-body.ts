import type { BlobWriteOptions } from "./blob-store.js";
import { chunkReader } from "./chunk-reader.js";
import { HistoryServerError } from "./errors.js";

/**
 * The chunks of a body on their way into a store, with the rules that every store keeps: not empty, not over the limit,
 * a failing body is `upload-broken`, and an abort ends even a body that never brings its next chunk.
 * Leaving the loop cancels the body. Each chunk belongs to who gets it.
 */
export async function* uploadChunks(
  body: ReadableStream<Uint8Array>,
  {
    maxBytes,
    onBytes,
    signal,
  }: Pick<BlobWriteOptions, "maxBytes" | "onBytes" | "signal">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = chunkReader(body);
  // Not awaited: a stuck source may never answer its cancellation.
  const cancel = () => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", cancel, { once: true });
  let size = 0;
  try {
    while (true) {
      signal?.throwIfAborted();
      const chunk = await reader.read().catch(broken);
      signal?.throwIfAborted();
      if (!chunk) break;
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      if (chunk.length === 0) continue;
      onBytes?.(chunk.length);
      yield chunk;
    }
    if (size === 0) throw emptyBody();
  } finally {
    signal?.removeEventListener("abort", cancel);
    cancel();
  }
}

export function tooLarge(maxBytes: number): HistoryServerError {
  return new HistoryServerError(
    "blob-too-large",
    `expected at most ${maxBytes} bytes, got more`,
  );
}

export function emptyBody(): HistoryServerError {
  return new HistoryServerError("empty-blob", "expected a body, got 0 bytes");
}

function broken(cause: unknown): never {
  throw new HistoryServerError(
    "upload-broken",
    "the body ended before it was complete",
    { retryable: true, cause },
  );
}
