import {
  type HistoryServerClient,
  historyServerClient,
} from "@history-sync/history-client";
import { type BlobStore, historyServer } from "@history-sync/history-server";
import { memoryBlobStore } from "@history-sync/history-server/memory";
import { MemoryIdentityService } from "@history-sync/identity/memory";
import { MemoryDeliveryService } from "@history-sync/mls-group/memory";
import { ManualClock } from "@history-sync/primitives/testing";
import { openSqliteStore } from "@history-sync/store/sqlite";
import { TemporaryFolder } from "@history-sync/test-kit/folders";
import { createClient } from "../../src/index.js";
import { remember } from "../support/past.js";
import {
  type Installation,
  type Stage,
  type StartOptions,
  walletOf,
} from "../support/stage.js";

export const minuteMs = 60_000;
export const dayMs: number = 24 * 60 * minuteMs;

const historySyncUrl = "http://127.0.0.1:5558";

export interface StoryOptions extends StartOptions {
  /** So many messages are there before the first start. */
  readonly past?: number;
}

/** Installations with stores in files, on a clock that only a story moves. Node and history server are in this process. */
export class World implements Stage {
  // Far from the system's time, which nothing may ask for.
  readonly clock: ManualClock = new ManualClock(Date.UTC(2040, 0, 1));
  readonly deliveryService: MemoryDeliveryService = new MemoryDeliveryService(
    this.clock,
  );
  readonly identity: MemoryIdentityService = new MemoryIdentityService(
    this.clock,
  );
  readonly historyServer: HistoryServerClient;
  /** The ids of all archives that were ever uploaded, first to last. */
  readonly uploaded: string[] = [];
  readonly #blobs: BlobStore;
  readonly #folder: TemporaryFolder;
  readonly #running = new Set<Installation>();

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
    const { clock } = this;
    const blobs = memoryBlobStore({ clock });
    this.#blobs = {
      ...blobs,
      write: (id, body, options) => {
        this.uploaded.push(id);
        return blobs.write(id, body, options);
      },
    };
    const handler = historyServer({ blobs: this.#blobs, clock });
    this.historyServer = historyServerClient({
      fetch: (input, init) => handler(new Request(input, init)),
      clock,
    });
  }

  static async open(): Promise<World> {
    return new World(new TemporaryFolder());
  }

  async start(
    name: string,
    { user = "alix", past, ...options }: StoryOptions = {},
  ): Promise<Installation> {
    const { store = openSqliteStore(this.#folder.file(`${name}.db`)) } =
      options;
    if (past !== undefined) await remember(store, past);
    const { clock, deliveryService, identity } = this;
    const client = await createClient({
      signer: walletOf(user),
      clock,
      deliveryService,
      identity,
      historySyncUrl,
      historyServer: this.historyServer,
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

  /** Lets all that run hear of everything and do what it calls for. */
  settle(): Promise<void> {
    return this.settleOnly(...this.#running);
  }

  async settleOnly(...installations: readonly Installation[]): Promise<void> {
    // A request, its acknowledgement, its reply, and the receipt.
    for (let round = 0; round < 4; round++) {
      for (const { client } of installations) {
        await client.syncAllDeviceSyncGroups();
        await client.settled();
      }
    }
  }

  /** Lets time pass, and what is due be done. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  /** The archives that are on the history server and haven't expired. */
  async archives(): Promise<number> {
    return (await this.#blobs.sweep(this.clock.nowMs())).blobs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const installation of this.#running) await this.stop(installation);
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** The names of the stages of all requests that the installation knows, oldest first. */
export async function stagesAt({
  client,
}: Installation): Promise<readonly string[]> {
  return (await client.history.requests()).map(({ stage }) => stage.name);
}

export async function messagesAt({ store }: Installation): Promise<number> {
  return (await store.history.counts()).messages;
}
