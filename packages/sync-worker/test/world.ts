import { MemoryHistory } from "@history-sync/archive/memory";
import {
  MemoryDeliveryService,
  MemoryGroupStateStore,
} from "@history-sync/mls-group/memory";
import {
  type Clock,
  type InboxId,
  inboxId,
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import type {
  ConsentStateSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import { openSyncGroups, type SyncGroups } from "@history-sync/sync-group";
import { MemoryInstallations } from "@history-sync/sync-group/memory";
import type {
  SealedArchive,
  SyncRequest,
  SyncUpdate,
  SyncWorkerOptions,
} from "../src/index.js";
import { SyncWorker } from "../src/index.js";
import { MemoryRequestStore, MemoryUploadSpool } from "../src/memory.js";
import { FakeHistoryServer } from "./fake-history-server.js";

export const serverUrl = "http://127.0.0.1:5558";

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

/** The parts that outlive an installation's process. */
export class Disk {
  readonly history: TestHistory = new TestHistory();
  readonly groups: MemoryGroupStateStore = new MemoryGroupStateStore();
  readonly requests: MemoryRequestStore = new MemoryRequestStore();
  readonly spool: MemoryUploadSpool = new MemoryUploadSpool();
}

export interface Installation {
  readonly disk: Disk;
  readonly syncGroups: SyncGroups;
  readonly worker: SyncWorker;
}

/** One user's node, identity and history server. */
export class World implements AsyncDisposable {
  readonly inbox: InboxId = inboxId("a1".repeat(32));
  readonly clock: Clock;
  readonly node: MemoryDeliveryService;
  readonly installations: MemoryInstallations = new MemoryInstallations();
  readonly server: FakeHistoryServer = new FakeHistoryServer();
  /** Most stories are of installations that are added to the group of another one, and at once. */
  newcomerGraceMs = 0;
  readonly #running: SyncWorker[] = [];

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
    this.node = new MemoryDeliveryService(clock);
    this.server.clock = clock;
  }

  /** Starts an installation, or an earlier one again from its disk. */
  async start(
    disk: Disk = new Disk(),
    options: Partial<SyncWorkerOptions> = {},
    workerClock: Clock = this.clock,
  ): Promise<Installation> {
    const shared = {
      installations: this.installations,
      clock: this.clock,
      randomBytes: systemRandomBytes,
      log: silent,
    };
    const syncGroups = await openSyncGroups(
      { deliveryService: this.node, store: disk.groups, ...shared },
      { inboxId: this.inbox, newcomerGraceMs: this.newcomerGraceMs },
    );
    this.installations.add(this.inbox, syncGroups.installationId);
    const worker = SyncWorker.start(
      {
        syncGroups,
        history: disk.history,
        historyServer: this.server,
        requests: disk.requests,
        spool: disk.spool,
        ...shared,
        clock: workerClock,
      },
      { historySyncUrl: serverUrl, ...options },
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

/** Lets all of them hear of everything and do what it calls for. */
export async function settle(...installations: readonly Installation[]) {
  // A request, its acknowledgement, its reply and the receipt.
  for (let round = 0; round < 4; round++) {
    for (const { worker } of installations) {
      await worker.sync();
      await worker.settled();
    }
  }
}

/** The request as the installation sees it. */
export async function seenBy(
  { worker }: Installation,
  pin: string,
): Promise<SyncRequest | undefined> {
  return (await worker.requests()).findLast((request) => request.pin === pin);
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

/** The history server has begun to take the archive. */
export function uploadBegun(update: SyncUpdate): boolean {
  return (
    update.type === "stage" &&
    update.request.stage.name === "preparing" &&
    update.request.stage.begun !== undefined
  );
}

/** The archive that a stage speaks of. */
export function archiveOf(update: SyncUpdate): SealedArchive {
  if (update.type === "stage" && "archive" in update.request.stage) {
    return update.request.stage.archive;
  }
  throw new TypeError("expected a stage with an archive");
}
