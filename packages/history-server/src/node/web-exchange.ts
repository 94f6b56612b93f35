import type { IncomingMessage, ServerResponse } from "node:http";
import { bufferOf, release } from "../buffers.js";
import { pieceReader } from "../piece-reader.js";
import { Pace } from "./pace.js";
import { requestBody } from "./request-body.js";

/**
 * A Node request as a web one, or undefined where none can be made of it: a target that is no URL, or a method
 * that the web forbids. The Host header is not used, so it can't be abused.
 */
export function webRequest(
  incoming: IncomingMessage,
  signal: AbortSignal,
): Request | undefined {
  const { method = "GET", url = "" } = incoming;
  const target = url.startsWith("/") ? `http://localhost${url}` : url;
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? requestBody(incoming) : null;
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
 * nothing for the garbage collector.
 */
async function sendBody(
  body: ReadableStream<Uint8Array>,
  headers: Headers,
  outgoing: ServerResponse,
): Promise<void> {
  const reader = pieceReader(body);
  const length = Number(headers.get("content-length") ?? Infinity);
  const pace = new Pace();
  const turns: [Sent?, Sent?] = [];
  try {
    for (let turn = 0; ; turn = 1 - turn) {
      const free = await turns[turn];
      delete turns[turn];
      const wanted = Math.max(1, Math.min(pace.pieceBytes, length));
      const piece = await reader.read(new Uint8Array(bufferOf(wanted, free)));
      if (piece.length === 0) {
        release(piece.buffer);
        break;
      }
      turns[turn] = written(piece, outgoing);
      pace.passed();
    }
    for (const free of await Promise.all(turns)) if (free) release(free);
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  }
}

/** A buffer that the socket has no more use for. */
type Sent = Promise<ArrayBuffer>;

/** Resolves with the buffer when the socket has no more use for it. */
function written(
  bytes: Uint8Array<ArrayBuffer>,
  outgoing: ServerResponse,
): Promise<ArrayBuffer> {
  const sent = new Promise<ArrayBuffer>((resolve, reject) => {
    outgoing.write(bytes, (error) => {
      if (error) reject(error);
      else resolve(bytes.buffer);
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
