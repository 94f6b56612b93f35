import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { defaultTtlMs } from "@history-sync/history-server";
import { type RunningServer, serve } from "@history-sync/history-server/node";
import { openSqliteStore } from "@history-sync/store/sqlite";
import type { SpooledArchive } from "@history-sync/sync-worker";
import { TemporaryFolder } from "@history-sync/test-kit/folders";
import { MemoryNodeStorage } from "@history-sync/xmtp-node/memory";
import { type RunningNode, serveNode } from "@history-sync/xmtp-node/node";
import { createClient } from "../../src/index.js";
import { remember } from "../support/past.js";
import { ShiftedClock } from "../support/shifted-clock.js";
import { type Installation, walletOf } from "../support/stage.js";
import type { InstallationSettings } from "./installation.js";
import type { Point } from "./kill-switch.js";

const program = fileURLToPath(new URL("./installation.ts", import.meta.url));

/** A past that fits into one piece of an upload, and one that doesn't. */
const pasts = {
  small: { messages: 60, bytesEach: 64 },
  large: { messages: 100, bytesEach: 90_000 },
};
export type Past = keyof typeof pasts;

type Name = "phone" | "laptop";

/** One node for all users, and the pasts that they start with. */
export class Scenery {
  readonly folder: TemporaryFolder;
  readonly node: RunningNode;

  private constructor(folder: TemporaryFolder, node: RunningNode) {
    this.folder = folder;
    this.node = node;
  }

  static async open(): Promise<Scenery> {
    const folder = new TemporaryFolder();
    for (const [name, { messages, bytesEach }] of Object.entries(pasts)) {
      const store = openSqliteStore(folder.file(name));
      await remember(store, messages, bytesEach);
      store.close();
    }
    const storage = new MemoryNodeStorage();
    return new Scenery(folder, await serveNode({ storage, port: 0 }));
  }

  async close(): Promise<void> {
    await this.node.close();
    await this.folder[Symbol.asyncDispose]();
  }
}

/** One user with a history server of their own. */
export class Scene implements AsyncDisposable {
  readonly blobs: string;
  readonly #scenery: Scenery;
  readonly #user: string;
  readonly #past: Past;
  #server: RunningServer;
  readonly #running: Installation[] = [];
  #child: ChildProcess | undefined;

  private constructor(
    scenery: Scenery,
    user: string,
    past: Past,
    server: RunningServer,
  ) {
    this.#scenery = scenery;
    this.#user = user;
    this.#past = past;
    this.blobs = blobsOf(scenery, user);
    this.#server = server;
  }

  /** The phone has the past. */
  static async open(
    scenery: Scenery,
    user: string,
    past: Past,
  ): Promise<Scene> {
    const folder = blobsOf(scenery, user);
    const server = await serve({ folder, port: 0 });
    const scene = new Scene(scenery, user, past, server);
    await copyFile(scenery.folder.file(past), scene.#file("phone"));
    return scene;
  }

  /** How many messages there are in the user's past. */
  get messages(): number {
    return pasts[this.#past].messages;
  }

  async start(name: Name): Promise<Installation> {
    const store = openSqliteStore(this.#file(name));
    const client = await createClient({
      signer: walletOf(this.#user),
      store,
      nodeUrl: this.#scenery.node.url,
      historySyncUrl: this.#server.url,
    });
    const installation = { client, store };
    this.#running.push(installation);
    return installation;
  }

  /**
   * Starts an installation in a process of its own, which kills itself at the point, and gives the name of the point where
   * it was. `onStarted` is called when the installation has started and settled, unless it is killed before.
   */
  async killed(
    name: Name,
    point: Point,
    onStarted: () => Promise<unknown> = async () => {},
  ): Promise<string> {
    const settings: InstallationSettings = {
      user: this.#user,
      file: this.#file(name),
      nodeUrl: this.#scenery.node.url,
      historySyncUrl: this.#server.url,
      point,
    };
    const child = fork(program, [JSON.stringify(settings)], {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    this.#child = child;
    let said = "";
    child.stdout?.on("data", (data: Buffer) => {
      said += data.toString();
    });
    let meanwhile: Promise<unknown> = Promise.resolve();
    child.once("message", () => {
      meanwhile = onStarted();
    });
    const [, signal] = await once(child, "close");
    await meanwhile;
    return signal === "SIGKILL" ? said : "not reached";
  }

  /** The archive that the installation, which isn't running, is uploading. */
  async spooled(name: Name): Promise<SpooledArchive> {
    const store = openSqliteStore(this.#file(name));
    try {
      const [{ stage } = { stage: undefined }] = await store.requests.list();
      if (stage?.name === "preparing" && stage.spooled) return stage.spooled;
      throw new TypeError(`expected a spooled archive, got ${stage?.name}`);
    } finally {
      store.close();
    }
  }

  /** Bytes that the history server has received, with their headers. */
  async receivedBytes(): Promise<number> {
    const metrics = await (await fetch(`${this.#server.url}/metrics`)).text();
    const line = /^history_server_bytes_total\{direction="received"\} (\d+)$/m;
    return Number(line.exec(metrics)?.[1]);
  }

  /** Lets the history server sweep when all that it has must have expired. */
  async sweepLater(): Promise<void> {
    await this.#server.close();
    const clock = new ShiftedClock();
    clock.forward(defaultTtlMs);
    const { blobs: folder } = this;
    this.#server = await serve({ folder, port: 0, clock });
    await this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child?.kill("SIGKILL");
    for (const { client, store } of this.#running) {
      await client.close();
      store.close();
    }
    await this.#server.close();
  }

  #file(name: Name): string {
    return this.#scenery.folder.file(`${this.#user}-${name}.db`);
  }
}

function blobsOf({ folder }: Scenery, user: string): string {
  return folder.file(`${user}-blobs`);
}
