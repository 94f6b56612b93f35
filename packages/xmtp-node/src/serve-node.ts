import { Code, ConnectError } from "@connectrpc/connect";
import type { SmartContractVerifier } from "@history-sync/identity";
import {
  type Clock,
  type Logger,
  silent,
  systemClock,
} from "@history-sync/primitives";
import { urlOf } from "@history-sync/server-kit/node";
import { defaultNodeLimits, defaultPort, type NodeLimits } from "./limits.js";
import { NodeMetrics } from "./metrics.js";
import { requestHandler } from "./request-handler.js";
import { listenOnSharedPort } from "./shared-port.js";
import type { NodeStorage } from "./storage/node-storage.js";
import { Subscriptions } from "./subscriptions.js";

/** The storage, the address and the limits of an XMTP node. */
export interface ServeNodeOptions {
  /** The node's storage; it stays open when the node closes. */
  readonly storage: NodeStorage;
  /** `defaultPort` where absent; 0 takes any free one. */
  readonly port?: number;
  /** 127.0.0.1 where absent: to serve others is a decision. */
  readonly host?: string;
  /** Asks chains about smart-contract wallets; where absent, their signatures are refused. */
  readonly smartContracts?: SmartContractVerifier;
  /** Limits that replace those of `defaultNodeLimits`. */
  readonly limits?: Partial<NodeLimits>;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/** An XMTP node that accepts connections. Close it, or declare it with `await using`. */
export interface RunningNode {
  /** `http://host:port`, what clients are given. */
  readonly url: string;
  readonly port: number;
  /** Ends the streams, lets running calls end within `closeGraceMs`, then cuts them. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Runs a node: XMTP's MlsApi and IdentityApi over gRPC, gRPC-web and Connect on one port, without TLS.
 * Rejects with Node's own error when it can't listen.
 *
 * @example
 * ```ts
 * import { serveNode } from "@history-sync/xmtp-node/node";
 * import { SqliteNodeStorage } from "@history-sync/xmtp-node/sqlite";
 *
 * const storage = new SqliteNodeStorage("node.db");
 * const node = await serveNode({ storage, port: 0 });
 * console.log(node.url);
 * await node.close();
 * await storage.close();
 * ```
 */
export async function serveNode(
  options: ServeNodeOptions,
): Promise<RunningNode> {
  const { storage, smartContracts } = options;
  const { host = "127.0.0.1", port = defaultPort } = options;
  const { clock = systemClock, log = silent } = options;
  const limits = { ...defaultNodeLimits, ...options.limits };
  const subscriptions = new Subscriptions(storage, limits);
  const shutdown = new AbortController();
  const listening = await listenOnSharedPort({
    port,
    host,
    maxConnections: limits.maxConnections,
    maxStreamsPerConnection: limits.maxStreamsPerConnection,
    handle: requestHandler(
      {
        storage,
        subscriptions,
        limits,
        clock,
        log,
        metrics: new NodeMetrics(),
      },
      { smartContracts, shutdown: shutdown.signal },
    ),
  });
  log("node-listening", { port: listening.port });

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      shutdown.abort(new ConnectError("the node closes", Code.Unavailable));
      await listening.close(limits.closeGraceMs);
      subscriptions.close();
      log("node-closed");
    })();
    return closing;
  };
  return {
    url: urlOf("http", host, listening.port),
    port: listening.port,
    close,
    [Symbol.asyncDispose]: close,
  };
}
