/** An installation in a process of its own, which is killed at a point. */
import { createClient } from "@history-sync/client";
import { systemClock } from "@history-sync/primitives";
import { openSqliteStore } from "@history-sync/store/sqlite";
import {
  NodeDeliveryService,
  NodeIdentityService,
} from "@history-sync/xmtp-node-client";
import { grpcTransport } from "@history-sync/xmtp-node-client/node";
import { walletOf } from "../support/stage.ts";
import { KillSwitch, type Point } from "./kill-switch.ts";
import { untilReceipted } from "./until-receipted.ts";
import { watchedHistoryServer } from "./watched-history-server.ts";
import { watchedDelivery, watchedIdentity } from "./watched-node.ts";
import { watchedStore } from "./watched-store.ts";

/** The settings of its process, as JSON in its first argument. */
export interface InstallationSettings {
  readonly user: string;
  readonly file: string;
  readonly nodeUrl: string;
  readonly historySyncUrl: string;
  readonly point: Point;
}

async function run({
  user,
  file,
  nodeUrl,
  historySyncUrl,
  point,
}: InstallationSettings): Promise<void> {
  const kill = new KillSwitch(point);
  const store = watchedStore(openSqliteStore(file), kill);
  const { transport } = grpcTransport(nodeUrl);
  const options = { clock: systemClock };
  const client = await createClient({
    signer: walletOf(user),
    store,
    deliveryService: watchedDelivery(
      new NodeDeliveryService(transport, options),
      store.groups,
      kill,
    ),
    identity: watchedIdentity(
      new NodeIdentityService(transport, options),
      kill,
    ),
    historySyncUrl,
    historyServer: watchedHistoryServer(kill),
  });
  await client.settled();
  process.send?.("started");
  await untilReceipted(client);
  await client.settled();
}

// No process is left that sees its result.
process.once("disconnect", () => process.exit());
await run(JSON.parse(process.argv[2] ?? "{}"));
process.exit();
