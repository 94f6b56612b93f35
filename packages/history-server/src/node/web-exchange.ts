import type { IncomingMessage, ServerResponse } from "node:http";
import { streamOf } from "@history-sync/primitives";
import { Pace } from "./pace.js";

/**
 * A Node request as a web one, or undefined where none can be made of it: a target that is no URL, or a method
 * that the web forbids. The Host header is not used, so nobody can steer by it.
 */
export function webRequest(
  incoming: IncomingMessage,
  signal: AbortSignal,
): Request | undefined {
  const { method = "GET", url = "" } = incoming;
  const target = url.startsWith("/") ? `http://localhost${url}` : url;
  const hasBody = method !== "GET" && method !== "HEAD";
  // Cancelling the body must not tear the connection down: the refusal still has to go out on it.
  const body = hasBody
    ? streamOf(incoming.iterator({ destroyOnReturn: false }))
    : null;
  try {
    return new Request(target, {
      method,
      headers: webHeaders(incoming),
      signal,
      ...(body && { body, duplex: "half" }),
    } as RequestInit);
  } catch {
    return undefined;
  }
}

/** Sends a web answer, as fast as the other side takes it; cancels its body when the other side goes away. */
export async function sendWebResponse(
  response: Response,
  outgoing: ServerResponse,
): Promise<void> {
  const { status, headers, body } = response;
  outgoing.writeHead(status, Object.fromEntries(headers));
  if (body) await sendBody(body, headers, outgoing);
  outgoing.end();
}

/**
 * Two buffers take turns: one is filled while the other is sent. A download of any size takes no more than them, and leaves
 * little for the garbage collector.
 */
async function sendBody(
  body: ReadableStream<Uint8Array>,
  headers: Headers,
  outgoing: ServerResponse,
): Promise<void> {
  const read = readerOf(body);
  const length = Number(headers.get("content-length") ?? Infinity);
  const pace = new Pace();
  const turns: [Sent?, Sent?] = [];
  try {
    for (let turn = 0; ; turn = 1 - turn) {
      const free = await turns[turn];
      const wanted = Math.max(1, Math.min(pace.pieceBytes, length));
      const { done, value } = await read.next(() =>
        free?.byteLength === wanted ? free : new ArrayBuffer(wanted),
      );
      if (done) break;
      turns[turn] = written(value, outgoing);
      pace.passed();
    }
    await Promise.all(turns);
  } catch (error) {
    await read.cancel();
    throw error;
  }
}

/** A buffer that the socket has no more use for. */
type Sent = Promise<ArrayBuffer>;

interface BodyReader {
  /** The next bytes, in the buffer lent where the stream can. */
  next(
    lend: () => ArrayBuffer,
  ): Promise<{ readonly done: boolean; readonly value: Uint8Array }>;
  cancel(): Promise<void>;
}

function readerOf(body: ReadableStream<Uint8Array>): BodyReader {
  const byob = byobReader(body);
  const reader = byob ?? body.getReader();
  const empty = new Uint8Array();
  return {
    async next(lend) {
      const { done, value = empty } = byob
        ? await byob.read(new Uint8Array(lend()))
        : await (reader as ReadableStreamDefaultReader<Uint8Array>).read();
      return { done, value };
    },
    cancel: () => reader.cancel().catch(() => {}),
  };
}

function byobReader(
  body: ReadableStream<Uint8Array>,
): ReadableStreamBYOBReader | undefined {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    // Only byte streams have such readers.
    return undefined;
  }
}

/** Resolves with the buffer when the socket has no more use for it. */
function written(
  bytes: Uint8Array,
  outgoing: ServerResponse,
): Promise<ArrayBuffer> {
  const sent = new Promise<ArrayBuffer>((resolve, reject) => {
    outgoing.write(bytes, (error) => {
      if (error) reject(error);
      else resolve(bytes.buffer as ArrayBuffer);
    });
  });
  // It is awaited a turn later.
  sent.catch(() => {});
  return sent;
}

function webHeaders(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}
