import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/** A request of HTTP/1.1 or HTTP/2. */
export interface ReceivedRequest {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: IncomingHttpHeaders;
}

/**
 * Returns the address of a request's client: the connection's other end, or, behind `proxyHops` trusted proxies, what the
 * outermost of them wrote into `x-forwarded-for`. Anyone could have written what comes further left.
 */
export function clientAddress(
  { socket, headers }: ReceivedRequest,
  proxyHops: number,
): string {
  const connected = socket.remoteAddress ?? "unknown";
  if (proxyHops === 0) return connected;
  const forwarded = `${headers["x-forwarded-for"] ?? ""}`
    .split(",")
    .map((address) => address.trim());
  const named = forwarded.at(-proxyHops) ?? forwarded[0] ?? "";
  return isIP(named) > 0 ? named : connected;
}

/** Returns true for a request from this machine that came through no proxy but the trusted ones. */
export function isLocal(request: ReceivedRequest, proxyHops: number): boolean {
  const { headers } = request;
  const isProxied = "x-forwarded-for" in headers || "forwarded" in headers;
  if (isProxied && proxyHops === 0) return false;
  const address = clientAddress(request, proxyHops);
  return /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address);
}
