import { constants } from "node:http2";
import { Code, createClient } from "@connectrpc/connect";
import type { Delivered } from "@history-sync/mls-group";
import {
  type GroupId,
  groupIdOf,
  idBytes,
  systemRandomBytes,
} from "@history-sync/primitives";
import { MlsApi } from "@history-sync/proto/mls-api";
import { privateMessage } from "@history-sync/test-kit/mls-bytes";
import type { NodeDeliveryService } from "@history-sync/xmtp-node-client";
import { beforeEach, describe, expect, test } from "vitest";
import { clientOf, connectTo, startNode } from "./support/nodes.js";
import { cutableProxy } from "./support/proxy.js";
import { subscribeRaw } from "./support/raw-stream.js";

let groupId: GroupId;
let topic: { readonly kind: "group"; readonly groupId: GroupId };
const message = (n: number, bytes?: number) =>
  privateMessage(idBytes(groupId), { n, ...(bytes && { bytes }) });

beforeEach(() => {
  groupId = groupIdOf(systemRandomBytes(16));
  topic = { kind: "group", groupId };
});

describe("a subscription", () => {
  test("has its headers before there is a message", async () => {
    const node = await startNode();
    const { headers } = subscribeRaw(node.url, idBytes(groupId));
    expect(await headers).toMatchObject({
      ":status": 200,
      "content-type": "application/grpc+proto",
    });
  });

  test("neither loses nor repeats where history and live join", async () => {
    const node = await startNode({ limits: { maxQueuedEntries: 4 } });
    const service = clientOf(node);
    const sending = (async () => {
      for (let n = 0; n < 400; n += 8) {
        await Promise.all(
          Array.from({ length: 8 }, (_, i) =>
            service.sendGroupMessage(groupId, message(n + i)),
          ),
        );
      }
    })();
    const readers = Array.from({ length: 10 }, async () => {
      const reader = clientOf(node);
      // Each starts at another moment of the sending.
      await reader.query(topic, 0n);
      return await take(reader, 400);
    });
    const received = await Promise.all(readers);
    await sending;
    const entries = await queryAll(service);
    expect(entries).toHaveLength(400);
    for (const entriesOfReader of received) {
      expect(entriesOfReader.map(({ id }) => id)).toEqual(
        entries.map(({ id }) => id),
      );
    }
  });

  test("starts behind its cursor", async () => {
    const service = clientOf(await startNode());
    for (let n = 0; n < 3; n++) {
      await service.sendGroupMessage(groupId, message(n));
    }
    const { entries } = await service.query(topic, 0n);
    const afterId = entries[1]?.id ?? 0n;
    expect(await take(service, 1, afterId)).toEqual([entries[2]]);
  });

  test("of no groups is silent, of no installations is refused", async () => {
    const node = await startNode();
    const api = createClient(MlsApi, connectTo(node));
    const stop = new AbortController();
    const groups = api
      .subscribeGroupMessages({}, { signal: stop.signal })
      [Symbol.asyncIterator]();
    const first = groups.next();
    const welcomes = api.subscribeWelcomeMessages({})[Symbol.asyncIterator]();
    await expect(welcomes.next()).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: Code.Canceled });
  });

  test("is told when the node closes", async () => {
    const node = await startNode();
    const api = createClient(MlsApi, connectTo(node));
    const stream = api
      .subscribeGroupMessages({ filters: [{ groupId: idBytes(groupId) }] })
      [Symbol.asyncIterator]();
    const service = clientOf(node);
    await service.sendGroupMessage(groupId, message(0));
    await stream.next();
    const next = stream.next();
    await Promise.all([
      node.close(),
      expect(next).rejects.toMatchObject({ code: Code.Unavailable }),
    ]);
  });
});

describe("a reader who doesn't read", () => {
  test("is cut after a while, and delays no other stream", async () => {
    const limits = { slowReaderMs: 150, maxQueuedEntries: 8 };
    const node = await startNode({ limits });
    const { headers, closed } = subscribeRaw(node.url, idBytes(groupId));
    await headers;
    const service = clientOf(node);
    const other = take(clientOf(node), 60);
    for (let n = 0; n < 60; n++) {
      await service.sendGroupMessage(groupId, message(n, 50_000));
    }
    expect(await other).toHaveLength(60);
    expect(await closed).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    const metrics = await (await fetch(`${node.url}/metrics`)).text();
    expect(metrics).toContain("xmtp_node_streams_cut_total 1\n");
  });
});

describe("a torn connection", () => {
  test("costs a subscriber nothing", async () => {
    const node = await startNode();
    const proxy = await cutableProxy(node.port);
    const sender = clientOf(node);
    const stop = new AbortController();
    await sender.sendGroupMessage(groupId, message(0));
    const received: Delivered[] = [];
    const positions = [{ topic, afterId: 0n }];
    for await (const entry of clientOf(proxy).subscribe(
      positions,
      stop.signal,
    )) {
      received.push(entry);
      if (received.length === 5) break;
      proxy.cut();
      await sender.sendGroupMessage(groupId, message(received.length));
    }
    expect(received).toEqual((await sender.query(topic, 0n)).entries);
  });

  test("costs a sender nothing: what it sends again is there once", async () => {
    const node = await startNode();
    const proxy = await cutableProxy(node.port);
    const sender = clientOf(proxy);
    for (let n = 0; n < 20; n++) {
      const sending = sender.sendGroupMessage(groupId, message(n));
      if (n % 4 === 1) proxy.cut();
      await sending;
    }
    const { entries } = await clientOf(node).query(topic, 0n);
    expect(entries.map(({ data }) => data)).toEqual(
      Array.from({ length: 20 }, (_, n) => message(n)),
    );
  });
});

/** So many entries of the topic, off a new subscription. */
async function take(
  service: NodeDeliveryService,
  count: number,
  afterId = 0n,
): Promise<readonly Delivered[]> {
  const taken: Delivered[] = [];
  const stop = new AbortController();
  for await (const entry of service.subscribe(
    [{ topic, afterId }],
    stop.signal,
  )) {
    taken.push(entry);
    if (taken.length === count) break;
  }
  stop.abort();
  return taken;
}

async function queryAll(
  service: NodeDeliveryService,
): Promise<readonly Delivered[]> {
  const all: Delivered[] = [];
  for (let more = true; more; ) {
    const page = await service.query(topic, all.at(-1)?.id ?? 0n);
    all.push(...page.entries);
    more = page.more;
  }
  return all;
}
