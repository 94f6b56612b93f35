import type { Transport } from "@connectrpc/connect";
import { MemoryNodeStorage } from "@history-sync/xmtp-node/memory";
import {
  type RunningNode,
  type ServeNodeOptions,
  serveNode,
} from "@history-sync/xmtp-node/node";
import type { NodeStorage } from "@history-sync/xmtp-node/storage";
import { NodeDeliveryService } from "@history-sync/xmtp-node-client";
import { grpcTransport } from "@history-sync/xmtp-node-client/node";
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
