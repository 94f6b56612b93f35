import type { Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { namesUrl } from "./calls.js";

/**
 * Returns a transport over gRPC-web and `fetch`, for browsers.
 *
 * @example
 * ```ts
 * import { NodeDeliveryService } from "@history-sync/xmtp-node-client";
 * import { grpcWebTransport } from "@history-sync/xmtp-node-client/web";
 *
 * const transport = grpcWebTransport("http://127.0.0.1:5556");
 * export const service = new NodeDeliveryService(transport);
 * ```
 */
export function grpcWebTransport(url: string): Transport {
  return createGrpcWebTransport({ baseUrl: url, interceptors: [namesUrl] });
}
