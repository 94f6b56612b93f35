import { systemRandomBytes, toHex } from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import { openIndexedDbStore } from "@history-sync/store/indexeddb";
import { inject } from "vitest";
import { createClient } from "../../src/index.js";
import {
  type Installation,
  type Stage,
  type StartOptions,
  walletOf,
} from "./stage.js";

/**
 * Installations in a browser's page: their stores are in IndexedDB, the node is reached by gRPC-web and the history server
 * by `fetch`. The servers outlive the stage, so that its users are others each time.
 */
export class PageStage implements Stage {
  readonly #name: string = toHex(systemRandomBytes(4));
  readonly #running = new Set<Installation>();

  async start(
    name: string,
    { user = "alix", ...options }: StartOptions = {},
  ): Promise<Installation> {
    const store = options.store ?? (await this.#openStore(name));
    const client = await createClient({
      signer: walletOf(`${user} ${this.#name}`),
      nodeUrl: originOf(name),
      historySyncUrl: inject("historySyncUrl"),
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
    installation.store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const installation of this.#running) await this.stop(installation);
  }

  #openStore(name: string): Promise<Store> {
    // An installation that was stopped lets go of its store a moment later.
    return openIndexedDbStore(`${this.#name} ${name}`, { wait: true });
  }
}

/** A browser opens six connections to an origin, as many as two clients need: each installation has its own. */
function originOf(name: string): string {
  const url = new URL(inject("nodeUrl"));
  url.hostname = `${name}.localhost`;
  return url.origin;
}
