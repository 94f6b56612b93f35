import { groupIdOf, systemRandomBytes } from "@history-sync/primitives";
import { privateMessage } from "@history-sync/test-kit/mls-bytes";
import { NodeDeliveryService } from "@history-sync/xmtp-node-client";
import { grpcWebTransport } from "@history-sync/xmtp-node-client/web";
import { expect, inject, test } from "vitest";

const url = inject("nodeUrl");

test("a page sends, asks and subscribes over gRPC-web", async () => {
  const service = new NodeDeliveryService(grpcWebTransport(url));
  const group = systemRandomBytes(16);
  const groupId = groupIdOf(group);
  const topic = { kind: "group", groupId } as const;
  const messages = [0, 1, 2].map((n) => privateMessage(group, { n }));
  await service.sendGroupMessage(groupId, messages[0] ?? group);
  const received: Uint8Array[] = [];
  const stop = new AbortController();
  for await (const { data } of service.subscribe(
    [{ topic, afterId: 0n }],
    stop.signal,
  )) {
    received.push(data);
    const next = messages[received.length];
    if (!next) break;
    await service.sendGroupMessage(groupId, next);
  }
  expect(received).toEqual(messages);
  const { entries } = await service.query(topic, 0n);
  expect(entries.map(({ data }) => data)).toEqual(messages);
});

test("a page is told why it was refused", async () => {
  const service = new NodeDeliveryService(grpcWebTransport(url));
  await expect(
    service.sendGroupMessage(groupIdOf(Uint8Array.of(1)), new Uint8Array(3)),
  ).rejects.toMatchObject({
    code: "rejected",
    message: expect.stringContaining("invalid-message"),
  });
});
