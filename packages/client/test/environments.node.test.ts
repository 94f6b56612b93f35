import { MemoryIdentityService } from "@history-sync/identity/memory";
import { MemoryDeliveryService } from "@history-sync/mls-group/memory";
import { systemClock } from "@history-sync/primitives";
import { memoryStore } from "@history-sync/store/memory";
import { expect, test } from "vitest";
import { platform } from "../src/connection/platform.js";
import { platform as platformOfNode } from "../src/connection/platform-node.js";
import { type ClientOptions, createClient } from "../src/index.js";
import { walletOf } from "./support/stage.js";

/** Where the first request of a second installation goes with these options; undefined where it asks for nothing. */
async function serverAsked(
  options: Pick<ClientOptions, "env" | "historySyncUrl">,
): Promise<string | undefined> {
  const shared = {
    signer: walletOf("alix"),
    deliveryService: new MemoryDeliveryService(systemClock),
    identity: new MemoryIdentityService(systemClock),
    ...options,
  };
  await (await createClient({ ...shared, store: memoryStore() })).close();
  await using client = await createClient({ ...shared, store: memoryStore() });
  await client.settled();
  const [request] = await client.history.requests();
  return request?.serverUrl;
}

// Those of xmtp-js.
const environments = [
  [
    "local",
    "http://localhost:5558",
    "http://localhost:5556",
    "http://localhost:5557",
  ],
  [
    "dev",
    "https://message-history.dev.ephemera.network",
    "https://grpc.dev.xmtp.network:443",
    "https://api.dev.xmtp.network:5558",
  ],
  [
    "production",
    "https://message-history.production.ephemera.network",
    "https://grpc.production.xmtp.network:443",
    "https://api.production.xmtp.network:5558",
  ],
] as const;

test.each(environments)(
  "%s has its history server, and a node for Node and for browsers",
  async (env, historySyncUrl, nodeUrl, browserNodeUrl) => {
    expect(await serverAsked({ env })).toBe(historySyncUrl);
    expect(platformOfNode.nodeUrls[env]).toBe(nodeUrl);
    expect(platform.nodeUrls[env]).toBe(browserNodeUrl);
  },
);

test("dev is the default; another history server takes the place of its own, and an empty one is none", async () => {
  expect(await serverAsked({})).toBe(environments[1][1]);
  const historySyncUrl = "http://127.0.0.1:9";
  expect(await serverAsked({ historySyncUrl })).toBe(historySyncUrl);
  expect(await serverAsked({ historySyncUrl: "" })).toBeUndefined();
});
