import { type IncomingMessage, ServerResponse } from "node:http";
import { silent } from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import { MemoryNodeStorage } from "@history-sync/xmtp-node/memory";
import { expect, test } from "vitest";
import { defaultNodeLimits } from "../src/limits.js";
import { NodeMetrics } from "../src/metrics.js";
import { requestHandler } from "../src/request-handler.js";
import { Subscriptions } from "../src/subscriptions.js";

test("1,000 addresses of one IPv6 /64 share one limit", () => {
  const storage = new MemoryNodeStorage();
  const limits = { ...defaultNodeLimits, requestsPerMinute: 10 };
  const handle = requestHandler(
    {
      storage,
      subscriptions: new Subscriptions(storage, limits),
      limits,
      clock: new ManualClock(),
      log: silent,
      metrics: new NodeMetrics(),
    },
    { shutdown: new AbortController().signal },
  );
  let refused = 0;
  for (let i = 0; i < 1_000; i++) {
    const request = {
      method: "POST",
      url: "/xmtp.mls.api.v1.MlsApi/QueryGroupMessages",
      headers: {},
      socket: { remoteAddress: `2001:db8:1:2::${i.toString(16)}` },
      on() {},
    } as unknown as IncomingMessage;
    const response = new ServerResponse(request);
    handle(request, response);
    if (response.statusCode === 429) refused++;
  }
  expect(refused).toBe(990);
});
