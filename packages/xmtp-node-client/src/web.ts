import type { Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { namesUrl } from "./calls.js";

/** Returns a transport over gRPC-web and `fetch`, for browsers. */
export function grpcWebTransport(url: string): Transport {
  return createGrpcWebTransport({ baseUrl: url, interceptors: [namesUrl] });
}
