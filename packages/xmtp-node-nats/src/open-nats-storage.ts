import type { NatsSettings } from "@history-sync/xmtp-node/node";
import type { NodeStorage } from "@history-sync/xmtp-node/storage";
import { NatsNodeStorage } from "./nats-node-storage.js";

/** Opens the storage that `--nats` of the `xmtp-node` command names. */
export function openNatsStorage(settings: NatsSettings): Promise<NodeStorage> {
  return NatsNodeStorage.open(settings);
}
