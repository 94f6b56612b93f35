import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/**
 * Who sent a request: the connection's other end, or, behind `proxyHops` trusted proxies, what the outermost of them wrote
 * into `x-forwarded-for`. What stands further left anyone could have written.
 */
export function clientAddress(
  { socket, headers }: IncomingMessage,
  proxyHops: number,
): string {
  const connected = socket.remoteAddress ?? "unknown";
  if (proxyHops === 0) return connected;
  const forwarded = `${headers["x-forwarded-for"] ?? ""}`
    .split(",")
    .map((address) => address.trim());
  const told = forwarded.at(-proxyHops) ?? forwarded[0] ?? "";
  return isIP(told) > 0 ? told : connected;
}

/** Whether the request comes from this machine and through no proxy that we weren't told of. */
export function isLocal(incoming: IncomingMessage, proxyHops: number): boolean {
  const { headers } = incoming;
  const isProxied = "x-forwarded-for" in headers || "forwarded" in headers;
  if (isProxied && proxyHops === 0) return false;
  const address = clientAddress(incoming, proxyHops);
  return /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address);
}
