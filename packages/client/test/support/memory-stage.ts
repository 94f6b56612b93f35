import { MemoryIdentityService } from "@history-sync/identity/memory";
import { MemoryDeliveryService } from "@history-sync/mls-group/memory";
import { systemClock } from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import { memoryStore } from "@history-sync/store/memory";
import { createClient } from "../../src/index.js";
import {
  type Installation,
  type Stage,
  type StartOptions,
  walletOf,
} from "./stage.js";

/** Everything in memory, without a history server. */
export class MemoryStage implements Stage {
  readonly deliveryService: MemoryDeliveryService = new MemoryDeliveryService(
    systemClock,
  );
  readonly identity: MemoryIdentityService = new MemoryIdentityService(
    systemClock,
  );
  readonly #stores = new Map<string, Store>();
  readonly #running = new Set<Installation>();

  async start(
    name: string,
    { user = name, ...options }: StartOptions = {},
  ): Promise<Installation> {
    const store = options.store ?? this.#stores.get(name) ?? memoryStore();
    this.#stores.set(name, store);
    const { deliveryService, identity } = this;
    const client = await createClient({
      signer: walletOf(user),
      deliveryService,
      identity,
      historySyncUrl: "",
      ...options,
      store,
    });
    const installation = { client, store };
    this.#running.add(installation);
    return installation;
  }

  async stop(installation: Installation): Promise<void> {
    this.#running.delete(installation);
    await installation.client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const installation of this.#running) await this.stop(installation);
  }
}
