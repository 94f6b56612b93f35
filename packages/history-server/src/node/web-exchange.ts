import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { chunksOf, streamOf } from "@history-sync/primitives";

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
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body) await pipeline(chunksOf(response.body), outgoing);
  else outgoing.end();
}

function webHeaders(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}
