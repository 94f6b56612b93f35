import { MemoryHistory } from "@history-sync/archive/memory";
import {
  MemoryDeliveryService,
  MemoryGroupStateStore,
} from "@history-sync/mls-group/memory";
import {
  HistorySyncError,
  type InboxId,
  inboxId,
  readAll,
  silent,
  streamOf,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import type {
  ConsentStateSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import { openSyncGroups, type SyncGroups } from "@history-sync/sync-group";
import { MemoryInstallations } from "@history-sync/sync-group/memory";
import type { HistoryServer, SyncRequest, SyncUpdate } from "../src/index.js";
import { SyncWorker } from "../src/index.js";
import { MemoryRequestStore } from "../src/memory.js";

const serverUrl = "http://127.0.0.1:5558";

/** A history server without HTTP that can be told to fail. */
export class FakeHistoryServer implements HistoryServer {
  readonly blobs = new Map<string, Uint8Array>();
  uploads = 0;
  downloads = 0;
  /** Thrown instead of the next uploads, first to last. */
  readonly uploadFaults: Error[] = [];
  /** Holds every download back until it resolves. */
  gate: Promise<void> = Promise.resolve();

  async upload(url: string, body: ReadableStream<Uint8Array>): Promise<string> {
    this.uploads++;
    const fault = this.uploadFaults.shift();
    if (fault) {
      await body.cancel();
      throw fault;
    }
    const blobUrl = `${url}/files/blob-${this.blobs.size}`;
    this.blobs.set(blobUrl, await readAll(body));
    return blobUrl;
  }

  async download(url: string): Promise<ReadableStream<Uint8Array>> {
    this.downloads++;
    await this.gate;
    const blob = this.blobs.get(url);
    if (!blob) throw new ServerFault(false);
    return streamOf([blob]);
  }
}

export class ServerFault extends HistorySyncError<"fault"> {
  constructor(retryable: boolean) {
    super("fault", "as the test wants it", { retryable });
  }
}

class TestHistory extends MemoryHistory {
  async hmacKey(): Promise<HmacKeySave | undefined> {
    return this.hmacKeyRow;
  }

  get messages(): number {
    return this.messageRows.size;
  }

  consentState(entity: string): ConsentStateSave | undefined {
    return [...this.consentRows.values()].find((row) => row.entity === entity)
      ?.state;
  }
}

/** What outlives an installation's process. */
export class Disk {
  readonly history: TestHistory = new TestHistory();
  readonly groups: MemoryGroupStateStore = new MemoryGroupStateStore();
  readonly requests: MemoryRequestStore = new MemoryRequestStore();
}

export interface Installation {
  readonly disk: Disk;
  readonly syncGroups: SyncGroups;
  readonly worker: SyncWorker;
}

/** One user's node, identity and history server. */
export class World implements AsyncDisposable {
  readonly inbox: InboxId = inboxId("a1".repeat(32));
  readonly node: MemoryDeliveryService = new MemoryDeliveryService(systemClock);
  readonly installations: MemoryInstallations = new MemoryInstallations();
  readonly server: FakeHistoryServer = new FakeHistoryServer();
  readonly #running: SyncWorker[] = [];

  /** Starts an installation, or an earlier one again from its disk. */
  async start(
    disk: Disk = new Disk(),
    historySyncUrl: string = serverUrl,
  ): Promise<Installation> {
    const shared = {
      installations: this.installations,
      clock: systemClock,
      randomBytes: systemRandomBytes,
      log: silent,
    };
    const syncGroups = await openSyncGroups(
      { deliveryService: this.node, store: disk.groups, ...shared },
      { inboxId: this.inbox },
    );
    this.installations.add(this.inbox, syncGroups.installationId);
    const worker = SyncWorker.start(
      {
        syncGroups,
        history: disk.history,
        historyServer: this.server,
        requests: disk.requests,
        ...shared,
      },
      { historySyncUrl },
    );
    this.#running.push(worker);
    return { disk, syncGroups, worker };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#running) await worker.close();
  }
}

/** Ends the installation's process; its disk stays. */
export async function stop({ worker, syncGroups }: Installation) {
  await worker.close();
  await syncGroups.close();
}

/** The first update, of those that come from the call on, that is looked for. */
export async function next(
  worker: SyncWorker,
  wanted: (update: SyncUpdate) => boolean,
): Promise<SyncUpdate> {
  for await (const update of worker.updates()) {
    if (wanted(update)) return update;
  }
  throw new Error("the worker was closed");
}

export function inStage(name: SyncRequest["stage"]["name"]) {
  return (update: SyncUpdate): boolean =>
    update.type === "stage" && update.request.stage.name === name;
}
