import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunningServer, serve } from "@history-sync/history-server/node";
import { openSqliteStore } from "@history-sync/store/sqlite";
import { TemporaryFolder } from "@history-sync/test-kit/folders";
import { MemoryNodeStorage } from "@history-sync/xmtp-node/memory";
import { type RunningNode, serveNode } from "@history-sync/xmtp-node/node";
import { createClient } from "../../src/index.js";
import {
  type Installation,
  type Stage,
  type StartOptions,
  walletOf,
} from "./stage.js";

/** A node and a history server over HTTP, users' wallets, and stores in files. */
export class World implements Stage {
  readonly #folder: TemporaryFolder;
  readonly #server: RunningServer;
  readonly #node: RunningNode;
  readonly #running = new Set<Installation>();

  private constructor(
    folder: TemporaryFolder,
    server: RunningServer,
    node: RunningNode,
  ) {
    this.#folder = folder;
    this.#server = server;
    this.#node = node;
  }

  static async open(): Promise<World> {
    const folder = new TemporaryFolder();
    const blobs = folder.file("blobs");
    return new World(
      folder,
      await serve({ host: "127.0.0.1", port: 0, folder: blobs }),
      await serveNode({ storage: new MemoryNodeStorage(), port: 0 }),
    );
  }

  async start(
    name: string,
    { user = "alix", ...options }: StartOptions = {},
  ): Promise<Installation> {
    const store = openSqliteStore(this.#folder.file(`${name}.db`));
    const client = await createClient({
      signer: walletOf(user),
      store,
      nodeUrl: this.#node.url,
      historySyncUrl: this.#server.url,
      ...options,
    });
    const installation = { client, store };
    this.#running.add(installation);
    return installation;
  }

  /** Returns everything in the files of an installation. */
  async bytesOnDisk(name: string): Promise<Buffer> {
    const entries = await readdir(this.#folder.path, {
      recursive: true,
      withFileTypes: true,
    });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => path.startsWith(this.#folder.file(`${name}.db`)));
    return Buffer.concat(
      await Promise.all(files.map((path) => readFile(path))),
    );
  }

  async stop(installation: Installation): Promise<void> {
    this.#running.delete(installation);
    await installation.client.close();
    installation.store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const installation of this.#running) await this.stop(installation);
    await this.#node.close();
    await this.#server.close();
    await this.#folder[Symbol.asyncDispose]();
  }
}
