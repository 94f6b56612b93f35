import type { Transport } from "@connectrpc/connect";
import {
  createGrpcTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";

export interface GrpcTransport {
  readonly transport: Transport;
  /** Ends the connection, and with it what runs on it; an open one keeps the process alive. */
  close(): void;
}

// libxmtp's: a node that doesn't answer within 26 s is gone.
const pingIntervalMs = 16_000;
const pingTimeoutMs = 10_000;
const maxMessageBytes = 25 * 1024 * 1024;

/** gRPC over HTTP/2 in Node; `http://` without TLS, as on one's own machine. */
export function grpcTransport(url: string): GrpcTransport {
  const sessionManager = new Http2SessionManager(url, {
    pingIntervalMs,
    pingTimeoutMs,
  });
  const transport = createGrpcTransport({
    baseUrl: url,
    sessionManager,
    acceptCompression: [],
    readMaxBytes: maxMessageBytes,
    writeMaxBytes: maxMessageBytes,
  });
  return { transport, close: () => sessionManager.abort() };
}
