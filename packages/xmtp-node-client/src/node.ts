import type { Transport } from "@connectrpc/connect";
import {
  createGrpcTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { namesUrl } from "./calls.js";

/** A transport, and the end of its connection. */
export interface GrpcTransport {
  readonly transport: Transport;
  /** Ends the connection with its calls and streams. An open connection keeps the process alive. */
  close(): void;
}

// libxmtp's: a node that doesn't answer within 26 s is gone.
const pingIntervalMs = 16_000;
const pingTimeoutMs = 10_000;
const maxMessageBytes = 25 * 1024 * 1024;

/**
 * Returns a transport over gRPC and HTTP/2, for Node.js. An `http://` URL is without TLS, as for a local node.
 *
 * @example
 * ```ts
 * import { NodeDeliveryService } from "@history-sync/xmtp-node-client";
 * import { grpcTransport } from "@history-sync/xmtp-node-client/node";
 *
 * const { transport, close } = grpcTransport("http://127.0.0.1:5556");
 * const service = new NodeDeliveryService(transport);
 * close();
 * export { service };
 * ```
 */
export function grpcTransport(url: string): GrpcTransport {
  const sessionManager = new Http2SessionManager(url, {
    pingIntervalMs,
    pingTimeoutMs,
  });
  const transport = createGrpcTransport({
    baseUrl: url,
    sessionManager,
    acceptCompression: [],
    interceptors: [namesUrl],
    readMaxBytes: maxMessageBytes,
    writeMaxBytes: maxMessageBytes,
  });
  return { transport, close: () => sessionManager.abort() };
}
