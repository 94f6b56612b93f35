import type { OutgoingHttpHeaders } from "node:http";
import { constants } from "node:http2";
import type { Writable } from "node:stream";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { NodeResponse } from "./shared-port.js";

/** Why an answer was not written to its end. */
export type WriteEnd = "written" | "reader-gone" | "reader-too-slow";

/** Sends the headers, once; HTTP/1.1 would keep them for the first bytes of the body. */
export function writeHeaders(
  response: NodeResponse,
  status: number,
  headers: Headers,
): void {
  if (response.headersSent || response.destroyed) return;
  const plain: OutgoingHttpHeaders = Object.fromEntries(headers);
  if ("stream" in response) response.writeHead(status, plain);
  else response.writeHead(status, plain).flushHeaders();
}

/**
 * Writes an answer as fast as it is read. A body without a reader for `slowReaderMs` is cut, with its stream only: a
 * reader comes back with its cursor.
 */
export async function writeResponse(
  answer: UniversalServerResponse,
  response: NodeResponse,
  slowReaderMs: number,
): Promise<WriteEnd> {
  const body = answer.body?.[Symbol.asyncIterator]();
  try {
    while (body) {
      const { done, value } = await body.next();
      // After the first step of the body, which may still set headers.
      writeHeaders(response, answer.status, answer.header ?? new Headers());
      if (done) break;
      const end = await writeChunk(response, value, slowReaderMs);
      if (end !== "written") return end;
    }
    writeHeaders(response, answer.status, answer.header ?? new Headers());
    if (answer.trailer) {
      response.addTrailers(Object.fromEntries(answer.trailer));
    }
    response.end();
    return "written";
  } finally {
    await body?.return?.();
  }
}

/** Ends an answer that can't continue; over HTTP/2, other answers on the connection do. */
export function cutOff(response: NodeResponse): void {
  if ("stream" in response) {
    response.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  } else {
    response.destroy();
  }
}

function writeChunk(
  response: NodeResponse,
  chunk: Uint8Array,
  slowReaderMs: number,
): Promise<WriteEnd> {
  if (response.destroyed || response.writableEnded) {
    return Promise.resolve("reader-gone");
  }
  const writable: Pick<Writable, "write"> = response;
  if (writable.write(chunk)) return Promise.resolve("written");
  return new Promise((resolve) => {
    const settle = (end: WriteEnd) => {
      clearTimeout(slow);
      response.off("drain", drained);
      response.off("close", gone);
      resolve(end);
    };
    const drained = () => settle("written");
    const gone = () => settle("reader-gone");
    const slow = setTimeout(() => settle("reader-too-slow"), slowReaderMs);
    response.once("drain", drained);
    response.once("close", gone);
  });
}
