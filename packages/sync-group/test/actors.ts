import { create } from "@bufbuild/protobuf";
import type { DeliveryService, GroupStateStore } from "@history-sync/mls-group";
import {
  MemoryDeliveryService,
  MemoryGroupStateStore,
} from "@history-sync/mls-group/memory";
import {
  type InboxId,
  inboxId,
  type Logger,
  silent,
  systemRandomBytes,
} from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import {
  DeviceSyncReplySchema,
  DeviceSyncRequestSchema,
} from "@history-sync/proto/device-sync";
import {
  openSyncGroups,
  type SyncContent,
  type SyncGroups,
} from "../src/index.js";
import { MemoryInstallations } from "../src/memory/index.js";

export const alix: InboxId = inboxId("a1".repeat(32));
export const bo: InboxId = inboxId("b0".repeat(32));

/** One node, one identity log, and installations that come and go. */
export class World {
  // Far from the system's time, which nothing may ask for.
  readonly clock: ManualClock = new ManualClock(Date.UTC(2040, 0, 1));
  readonly node: MemoryDeliveryService = new MemoryDeliveryService(this.clock);
  readonly installations: MemoryInstallations = new MemoryInstallations();
  /** Most stories are of installations that are added to the group of another one, and at once. */
  newcomerGraceMs = 0;

  /** A new installation, added to the inbox. */
  async installation(inbox: InboxId = alix, log?: Logger): Promise<Actor> {
    const store = new MemoryGroupStateStore();
    const groups = await this.open(store, inbox, log);
    this.installations.add(inbox, groups.installationId);
    return { groups, store };
  }

  /** The same installation after a restart: new objects on the same store. */
  open(
    store: GroupStateStore,
    inbox: InboxId = alix,
    log: Logger = silent,
    deliveryService: DeliveryService = this.node,
  ): Promise<SyncGroups> {
    return openSyncGroups(
      {
        deliveryService,
        store,
        installations: this.installations,
        clock: this.clock,
        randomBytes: systemRandomBytes,
        log,
      },
      { inboxId: inbox, newcomerGraceMs: this.newcomerGraceMs },
    );
  }
}

export interface Actor {
  readonly groups: SyncGroups;
  readonly store: MemoryGroupStateStore;
}

/** The first makes the group, the others are added to it. */
export async function together(
  world: World,
  count: number,
): Promise<readonly Actor[]> {
  const founder = await world.installation();
  await founder.groups.ensure();
  const actors = [founder];
  while (actors.length < count) {
    const next = await world.installation();
    await founder.groups.refreshMembers();
    await next.groups.ensure();
    actors.push(next);
  }
  return actors;
}

export function request(pin: string): SyncContent {
  const serverUrl = "http://127.0.0.1:5558";
  return {
    case: "request",
    value: create(DeviceSyncRequestSchema, { pin, serverUrl }),
  };
}

export function reply(requestId: string): SyncContent {
  const value = create(DeviceSyncReplySchema, {
    requestId,
    url: "http://127.0.0.1:5558/files/x",
    key: { key: { case: "aes256Gcm", value: new Uint8Array(32).fill(0xee) } },
  });
  return { case: "reply", value };
}

/** Returns the pending messages of an installation: requests by their pin, replies by the pin that they answer. */
export async function heard(groups: SyncGroups): Promise<readonly string[]> {
  await groups.sync();
  const pending = await groups.pending();
  return pending.map(({ content }) => {
    if (content.case === "request") return content.value.pin;
    if (content.case === "reply") return `re: ${content.value.requestId}`;
    return content.case;
  });
}
