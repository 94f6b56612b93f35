import {
  type GroupId,
  groupIdOf,
  idBytes,
  systemRandomBytes,
} from "@history-sync/primitives";
import { privateMessage } from "@history-sync/test-kit/mls-bytes";
import { NodeDeliveryService } from "@history-sync/xmtp-node-client";
import { grpcTransport } from "@history-sync/xmtp-node-client/node";

const messages = 50;
const streamsPerConnection = 200;

/** Sends messages one after the other to a group that many read, and says how long each reader waited for each. */
export async function fanOut(url: string, subscribers: number) {
  const sender = grpcTransport(url);
  const connections = Array.from(
    { length: Math.ceil(subscribers / streamsPerConnection) },
    () => grpcTransport(url),
  );
  const groupId = groupIdOf(systemRandomBytes(16));
  const sentMs: number[] = [];
  const waitedMs: number[] = [];
  const stop = new AbortController();
  let ready = 0;
  let roundOver = () => {};
  let arrived = 0;

  const read = async (subscriber: number) => {
    const connection =
      connections[Math.floor(subscriber / streamsPerConnection)];
    if (!connection) return;
    const service = new NodeDeliveryService(connection.transport);
    const topic = { kind: "group", groupId } as const;
    let n = 0;
    for await (const _ of service.subscribe(
      [{ topic, afterId: 0n }],
      stop.signal,
    )) {
      if (n === 0) ready++;
      else waitedMs.push(performance.now() - (sentMs[n] ?? 0));
      n++;
      if (++arrived === subscribers) roundOver();
    }
  };
  const service = new NodeDeliveryService(sender.transport);
  const reading = Array.from({ length: subscribers }, (_, i) => read(i));
  // The first message only says that everybody is there.
  for (let n = 0; n <= messages; n++) {
    arrived = 0;
    const round = new Promise<void>((resolve) => {
      roundOver = resolve;
    });
    sentMs[n] = performance.now();
    await service.sendGroupMessage(groupId, message(groupId, n));
    await round;
  }
  stop.abort();
  await Promise.all(reading);
  for (const { close } of [sender, ...connections]) close();
  waitedMs.sort((a, b) => a - b);
  return {
    subscribers: ready,
    messages,
    p50Ms: percentile(waitedMs, 0.5),
    p99Ms: percentile(waitedMs, 0.99),
  };
}

function message(groupId: GroupId, n: number): Uint8Array {
  return privateMessage(idBytes(groupId), { n, bytes: 1_000 });
}

function percentile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return Number(value.toFixed(1));
}
