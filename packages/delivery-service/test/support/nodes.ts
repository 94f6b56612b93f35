import type { Transport } from "@connectrpc/connect";
import { NodeDeliveryService } from "@history-sync/delivery-service";
import { MemoryNodeStorage } from "@history-sync/delivery-service/memory";
import { grpcTransport } from "@history-sync/delivery-service/node";
import {
  type NodeStorage,
  type RunningNode,
  type ServeNodeOptions,
  serveNode,
} from "@history-sync/delivery-service/server";
import { onTestFinished } from "vitest";

/** A node on a free port, closed when the test has ended. */
export async function startNode(
  options: Partial<ServeNodeOptions> & { storage?: NodeStorage } = {},
): Promise<RunningNode> {
  const storage = options.storage ?? new MemoryNodeStorage();
  const limits = { closeGraceMs: 200, ...options.limits };
  const node = await serveNode({ port: 0, ...options, limits, storage });
  onTestFinished(() => node.close());
  return node;
}

export function connectTo({ url }: { readonly url: string }): Transport {
  const { transport, close } = grpcTransport(url);
  onTestFinished(close);
  return transport;
}

export function clientOf(node: { readonly url: string }): NodeDeliveryService {
  return new NodeDeliveryService(connectTo(node));
}
