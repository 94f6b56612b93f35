import { createServer } from "node:net";
import { groupIdOf } from "@history-sync/primitives";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NodeDeliveryService } from "../src/index.js";
import { grpcTransport } from "../src/node.js";
import { grpcWebTransport } from "../src/web.js";

let url = "";

beforeEach(async () => {
  // A port that was free a moment ago, on which nothing listens.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  await new Promise((resolve) => server.close(resolve));
});

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

test.each([
  [
    "gRPC",
    () => {
      const { transport, close } = grpcTransport(url);
      open.push(close);
      return transport;
    },
  ],
  ["gRPC-web", () => grpcWebTransport(url)],
])(
  "a call over %s that finds no node names its URL",
  async (_, transportOf) => {
    const service = new NodeDeliveryService(transportOf(), {
      retryWaitsMs: [],
    });
    const sent = service.sendGroupMessage(
      groupIdOf(new Uint8Array(16)),
      new Uint8Array(1),
    );
    await expect(sent).rejects.toMatchObject({
      name: "XmtpNodeClientError",
      code: "unavailable",
      message: expect.stringContaining(`${url}/xmtp.mls.api.v1.MlsApi/`),
    });
  },
);
