import type { IncomingMessage } from "node:http";
import { ownBytes } from "../byte-stream.js";

/** How much of a body waits for a slower reader. */
const waitingBytes = 128 * 1024;

/**
 * A request's body as a byte stream, which hands over the chunks just as the socket brings them. Cancelling it doesn't tear the
 * connection down: the refusal still has to go out on it.
 */
export function requestBody(
  incoming: IncomingMessage,
): ReadableStream<Uint8Array> {
  let isOpen = true;
  const source: UnderlyingByteSource = {
    type: "bytes",
    start(controller) {
      const end = (how: () => void) => {
        if (isOpen) how();
        isOpen = false;
      };
      incoming
        .on("data", (chunk: Uint8Array) => {
          if (!isOpen) return;
          controller.enqueue(ownBytes(chunk));
          if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
        })
        .on("end", () => end(() => closed(controller)))
        .on("error", (cause) => end(() => controller.error(cause)))
        .on("close", () => end(() => controller.error(new Error("cut off"))))
        .pause();
    },
    pull: () => void incoming.resume(),
    cancel() {
      isOpen = false;
      incoming.pause();
    },
  };
  return new ReadableStream(source, { highWaterMark: waitingBytes });
}

function closed(controller: ReadableByteStreamController): void {
  controller.close();
  // A reader that waits with a buffer gets it back.
  controller.byobRequest?.respond(0);
}
