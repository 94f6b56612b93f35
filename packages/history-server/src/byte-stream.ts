/**
 * A byte stream over chunks: a reader with a buffer gets the bytes in that, and `spent` is called with each chunk that was copied to
 * its end. Other readers get the chunks themselves, so they must not be used elsewhere.
 */
export function byteStreamOf(
  chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>,
  spent: (chunk: Uint8Array) => void = () => {},
): ReadableStream<Uint8Array> {
  let chunk: Uint8Array = new Uint8Array();
  let rest = chunk;
  const hasMore = async () => {
    while (rest.length === 0) {
      const { done, value } = await chunks.next();
      if (done) return false;
      chunk = value;
      rest = value;
    }
    return true;
  };
  const copyTo = (view: Uint8Array) => {
    const part = rest.subarray(0, view.length);
    const { length } = part;
    view.set(part);
    rest = rest.subarray(length);
    if (rest.length === 0) spent(chunk);
    return length;
  };
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const asked = controller.byobRequest;
      if (!(await hasMore())) {
        controller.close();
        asked?.respond(0);
      } else if (asked) {
        asked.respond(copyTo(asked.view as Uint8Array));
      } else {
        controller.enqueue(ownBytes(rest));
        rest = new Uint8Array();
      }
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

export function isByteStream(body: ReadableStream<Uint8Array>): boolean {
  try {
    body.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    // Only byte streams have such readers.
    return false;
  }
}

/** A byte stream takes the buffer of what it is given, which may have other bytes as well. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.length === bytes.buffer.byteLength
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes);
}
