import type { Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

/** gRPC-web over `fetch`, for browsers. */
export function grpcWebTransport(url: string): Transport {
  return createGrpcWebTransport({ baseUrl: url });
}
