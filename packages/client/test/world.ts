import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, serve } from "@history-sync/history-server/node";
import { MemoryDeliveryService } from "@history-sync/mls-group/memory";
import { inboxId, systemClock } from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import { openSqliteStore } from "@history-sync/store/sqlite";
import { MemoryInstallations } from "@history-sync/sync-group/memory";
import { type Client, createClient } from "../src/index.js";

export interface Installation {
  readonly client: Client;
  readonly store: Store;
}

/** One user's node and identity in memory, history server over HTTP, and stores in files. */
export class World implements AsyncDisposable {
  readonly #folder: string;
  readonly #server: RunningServer;
  readonly #inbox = inboxId("a1".repeat(32));
  readonly #node = new MemoryDeliveryService(systemClock);
  readonly #installations = new MemoryInstallations();
  readonly #running = new Set<Installation>();

  private constructor(folder: string, server: RunningServer) {
    this.#folder = folder;
    this.#server = server;
  }

  static async open(): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), "history-sync-client-"));
    const blobs = join(folder, "blobs");
    return new World(
      folder,
      await serve({ host: "127.0.0.1", port: 0, folder: blobs }),
    );
  }

  /** Starts an installation; one of the same name lives in the same file. */
  async start(name: string): Promise<Installation> {
    const store = openSqliteStore(join(this.#folder, `${name}.db`));
    const client = await createClient({
      inboxId: this.#inbox,
      store,
      deliveryService: this.#node,
      installations: this.#installations,
      register: async (id) => this.#installations.add(this.#inbox, id),
      historySyncUrl: this.#server.url,
    });
    const installation = { client, store };
    this.#running.add(installation);
    return installation;
  }

  /** Everything that stands in the files of an installation now. */
  async bytesOnDisk(name: string): Promise<Buffer> {
    const files = (await readdir(this.#folder)).filter((file) =>
      file.startsWith(`${name}.db`),
    );
    return Buffer.concat(
      await Promise.all(
        files.map((file) => readFile(join(this.#folder, file))),
      ),
    );
  }

  /** Ends the installation's process; its file stays. */
  async stop(installation: Installation): Promise<void> {
    this.#running.delete(installation);
    await installation.client.close();
    installation.store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const installation of this.#running) await this.stop(installation);
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Resolves when a request of the client enters the stage. */
export async function inStage(client: Client, name: string): Promise<void> {
  for await (const update of client.syncUpdates()) {
    if (update.type === "stage" && update.request.stage.name === name) return;
  }
}
