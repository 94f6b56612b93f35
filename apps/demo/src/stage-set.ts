import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@history-sync/client";
import { serve } from "@history-sync/history-server/node";
import { MemoryIdentityService } from "@history-sync/identity/memory";
import { privateKeySigner } from "@history-sync/identity/private-key";
import type { DeliveryService } from "@history-sync/mls-group";
import { MemoryDeliveryService } from "@history-sync/mls-group/memory";
import { systemClock, systemRandomBytes } from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import { openSqliteStore } from "@history-sync/store/sqlite";

/** An installation with the store that it lives in. */
export interface Installation {
  readonly client: Client;
  readonly store: Store;
}

/** Everything around the installations of one user: a node, an identity, a history server, a temporary folder. */
export interface StageSet extends AsyncDisposable {
  readonly historyServerUrl: string;
  /** Bytes of MLS messages and key packages so far. */
  mlsBytes(): number;
  install(name: string, historySyncUrl: string): Promise<Installation>;
}

export async function setStage(): Promise<StageSet> {
  const folder = await mkdtemp(join(tmpdir(), "history-sync-demo-"));
  const server = await serve({
    host: "127.0.0.1",
    port: 0,
    folder: join(folder, "blobs"),
  });
  const node = new MemoryDeliveryService(systemClock);
  const identity = new MemoryIdentityService(systemClock);
  const signer = privateKeySigner(systemRandomBytes(32));
  const cast: Installation[] = [];
  let mlsBytes = 0;
  return {
    historyServerUrl: server.url,
    mlsBytes: () => mlsBytes,
    async install(name, historySyncUrl) {
      const store = openSqliteStore(join(folder, `${name}.db`));
      const client = await createClient({
        signer,
        store,
        deliveryService: countingDelivery(node, (length) => {
          mlsBytes += length;
        }),
        identity,
        historySyncUrl,
        newInstallations: "join-group",
      });
      const installation = { client, store };
      cast.push(installation);
      return installation;
    },
    async [Symbol.asyncDispose]() {
      for (const { client, store } of cast) {
        await client.close();
        store.close();
      }
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Wraps a delivery service: calls `onBytes` with the size of everything that is sent to it. */
function countingDelivery(
  service: DeliveryService,
  onBytes: (length: number) => void,
): DeliveryService {
  return {
    uploadKeyPackage: (installationId, keyPackage, options) => {
      onBytes(keyPackage.length);
      return service.uploadKeyPackage(installationId, keyPackage, options);
    },
    sendGroupMessage: (groupId, data, options) => {
      onBytes(data.length);
      return service.sendGroupMessage(groupId, data, options);
    },
    sendWelcomes: (welcomes, options) => {
      for (const { data } of welcomes) onBytes(data.length);
      return service.sendWelcomes(welcomes, options);
    },
    fetchKeyPackages: (ids, options) => service.fetchKeyPackages(ids, options),
    query: (topic, afterId, options) => service.query(topic, afterId, options),
    subscribe: (positions, signal) => service.subscribe(positions, signal),
  };
}
