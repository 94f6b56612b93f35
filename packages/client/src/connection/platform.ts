import type { NodeDeliveryService } from "@history-sync/xmtp-node-client";
import { grpcWebTransport } from "@history-sync/xmtp-node-client/web";
import type { Environment } from "./environments.js";

/** Connects to XMTP nodes in the way of this platform. */
export interface Platform {
  readonly nodeUrls: Readonly<Record<Environment, string>>;
  connect(url: string): NodeConnection;
}

export interface NodeConnection {
  readonly transport: ConstructorParameters<typeof NodeDeliveryService>[0];
  close(): void;
}

/** gRPC-web over `fetch`. */
export const platform: Platform = {
  nodeUrls: {
    local: "http://localhost:5557",
    dev: "https://api.dev.xmtp.network:5558",
    production: "https://api.production.xmtp.network:5558",
  },
  connect: (url) => ({ transport: grpcWebTransport(url), close: () => {} }),
};
