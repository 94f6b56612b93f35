import { grpcTransport } from "@history-sync/xmtp-node-client/node";
import type { Platform } from "./platform.js";

/** gRPC over HTTP/2. */
export const platform: Platform = {
  nodeUrls: {
    local: "http://localhost:5556",
    dev: "https://grpc.dev.xmtp.network:443",
    production: "https://grpc.production.xmtp.network:443",
  },
  connect: grpcTransport,
};
