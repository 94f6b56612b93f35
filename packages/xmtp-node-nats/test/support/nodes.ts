import { type RunningNode, serveNode } from "@history-sync/xmtp-node/node";
import type { NodeStorage } from "@history-sync/xmtp-node/storage";
import { NodeDeliveryService } from "@history-sync/xmtp-node-client";
import { grpcTransport } from "@history-sync/xmtp-node-client/node";
import { onTestFinished } from "vitest";

/** Starts an XMTP node on a free port and closes it when the test has ended. */
export async function startNode(options: {
  readonly storage: NodeStorage;
}): Promise<RunningNode> {
  const limits = { closeGraceMs: 200 };
  const node = await serveNode({ port: 0, limits, ...options });
  onTestFinished(() => node.close());
  return node;
}

export function clientOf({
  url,
}: {
  readonly url: string;
}): NodeDeliveryService {
  const { transport, close } = grpcTransport(url);
  onTestFinished(close);
  return new NodeDeliveryService(transport);
}
