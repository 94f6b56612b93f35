import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import {
  NodeDeliveryService,
  NodeIdentityService,
} from "@history-sync/delivery-service";
import {
  type GrpcTransport,
  grpcTransport,
} from "@history-sync/delivery-service/node";
import {
  type IdentityLog,
  identityLog,
  inboxIdOf,
  registration,
  revokeInstallations,
  signUpdate,
} from "@history-sync/identity";
import {
  installationKeySigner,
  privateKeySigner,
} from "@history-sync/identity/private-key";
import { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
import {
  type InboxId,
  installationId,
  nowNs,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import {
  ConsentStateSave,
  ConsentTypeSave,
  PreferenceUpdatesSchema,
} from "@history-sync/proto/device-sync";
import {
  type DeviceSyncMessage,
  openSyncGroups,
  type SyncContent,
  type SyncGroups,
} from "@history-sync/sync-group";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Actor } from "../src/actor.ts";
import { type NodeProcess, startNodeProcess } from "../src/node-process.ts";
import { Peer } from "../src/peer.ts";
import { peerCommand } from "../src/peer-command.ts";

// One story, told in order: each test goes on where the one before it ended.
describe("sync groups of ours and of real libxmtp", () => {
  const walletKey = randomBytes(32);
  const wallet = privateKeySigner(walletKey);
  const inbox: InboxId = inboxIdOf(wallet.identifier(), 1n);
  let folder: string;
  let node: NodeProcess;
  let connection: GrpcTransport;
  let peer: Peer;
  let log: IdentityLog;
  let ours: SyncGroups;
  let ourSecond: SyncGroups;
  let theirs: Actor;
  let theirSecond: Actor;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "history-sync-interop-"));
    node = await startNodeProcess(["--data", join(folder, "node")]);
    connection = grpcTransport(node.url);
    const service = new NodeIdentityService(connection.transport);
    log = identityLog({ service });
    peer = new Peer(peerCommand);
  });

  afterAll(async () => {
    await ours.close();
    await ourSecond.close();
    peer.close();
    connection.close();
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A new installation of ours, registered with the inbox. */
  async function installation(): Promise<SyncGroups> {
    const store = new MemoryGroupStateStore();
    const groups = await openSyncGroups(
      {
        deliveryService: new NodeDeliveryService(connection.transport),
        store,
        installations: log,
        clock: systemClock,
        randomBytes: systemRandomBytes,
        log: (event) => events.push(event),
      },
      { inboxId: inbox },
    );
    const record = await store.installation();
    if (!record) throw new TypeError("the store has an installation");
    const signer = installationKeySigner(record.signatureKey);
    const owner = wallet.identifier();
    const draft = await registration(log, owner, signer.installationId, now());
    if (!draft) throw new TypeError("the installation is new");
    await log.publish(await signUpdate(draft, [wallet, signer]));
    return groups;
  }

  const events: string[] = [];

  /** How many groups others have added our installations to. */
  async function joined(groups: SyncGroups): Promise<number> {
    await groups.sync();
    return events.filter((event) => event === "sync-group.joined").length;
  }

  function theirInstallation(name: string): Promise<Actor> {
    return Actor.open(peer, name, {
      url: node.url,
      folder,
      walletKey: `0x${walletKey.toString("hex")}`,
    });
  }

  /** Everything the installation has heard so far is taken in, and then only what it says of this inbox is kept. */
  async function heardOf(
    entity: string,
    groups: SyncGroups,
  ): Promise<readonly string[]> {
    await groups.sync();
    const pending = await groups.pending();
    return pending.flatMap((message) => deniedIn(message, entity));
  }

  const learns = (actor: Actor, entity: string) =>
    expect.poll(
      async () => {
        await actor.do("syncDeviceSync");
        return await actor.do("getConsent", { entityType: 1, entity });
      },
      { timeout: 30_000, interval: 500 },
    );

  test("libxmtp adds ours to the group that it makes, and ours reads and writes there", async () => {
    ours = await installation();
    await ours.ensure();
    theirs = await theirInstallation("theirs");
    await expect
      .poll(() => joined(ours), { timeout: 30_000, interval: 500 })
      .toBe(1);

    const [one, other] = [anInbox(), anInbox()];
    await theirs.do("setConsent", { entityType: 1, entity: one, state: 2 });
    await expect
      .poll(() => heardOf(one, ours), { timeout: 30_000, interval: 500 })
      .toEqual([theirs.installationId]);
    await ours.send(denial(other));
    await learns(theirs, other).toBe("Denied");
  });

  test("libxmtp follows when ours adds another of ours", async () => {
    ourSecond = await installation();
    const { added, failed } = await ours.refreshMembers();
    expect([...added, ...failed]).toEqual([ourSecond.installationId]);
    expect(failed).toEqual([]);
    await ourSecond.ensure();
    const entity = anInbox();
    await ourSecond.send(denial(entity));
    await learns(theirs, entity).toBe("Denied");
    expect(await heardOf(entity, ours)).toEqual([ourSecond.installationId]);
  });

  test("all of them are in the group of libxmtp's next installation", async () => {
    theirSecond = await theirInstallation("their-second");
    await theirSecond.do("syncDeviceSync");
    await theirs.do("syncDeviceSync");
    const entity = anInbox();
    await ours.sync();
    await ours.send(denial(entity));
    await learns(theirs, entity).toBe("Denied");
    await learns(theirSecond, entity).toBe("Denied");
    expect(await heardOf(entity, ourSecond)).toEqual([ours.installationId]);
  });

  test("libxmtp follows when ours removes one that was revoked, which hears nothing more", async () => {
    const snapshot = await log.state(inbox);
    if (!snapshot) throw new TypeError("the inbox has a log");
    const revoked = installationId(theirSecond.installationId);
    const draft = revokeInstallations(snapshot.state, [revoked], now());
    await log.publish(await signUpdate(draft, [wallet]));
    expect((await ours.refreshMembers()).removed).toEqual([revoked]);

    const entity = anInbox();
    await ours.send(denial(entity));
    await learns(theirs, entity).toBe("Denied");
    expect(await heardOf(entity, ourSecond)).toEqual([ours.installationId]);
    await theirSecond.do("syncDeviceSync");
    expect(
      await theirSecond.do("getConsent", { entityType: 1, entity }),
    ).not.toBe("Denied");

    const last = anInbox();
    await theirs.do("setConsent", { entityType: 1, entity: last, state: 2 });
    await expect
      .poll(() => heardOf(last, ours), { timeout: 30_000, interval: 500 })
      .toEqual([theirs.installationId]);
    expect(events).not.toContain("sync-group.broken");
  });
});

function anInbox(): string {
  return randomBytes(32).toString("hex");
}

function now(): { readonly clientTimestampNs: bigint } {
  return { clientTimestampNs: nowNs(systemClock) };
}

/** Says that an inbox is denied from now on. */
function denial(entity: string): SyncContent {
  const value = create(PreferenceUpdatesSchema, {
    updates: [
      {
        update: {
          case: "consent",
          value: {
            entityType: ConsentTypeSave.INBOX_ID,
            state: ConsentStateSave.DENIED,
            entity,
            consentedAtNs: nowNs(systemClock),
          },
        },
      },
    ],
  });
  return { case: "preferenceUpdates", value };
}

/** Who says in a message that the inbox is denied. */
function deniedIn(
  { content, sender }: DeviceSyncMessage,
  entity: string,
): readonly string[] {
  if (content.case !== "preferenceUpdates") return [];
  return content.value.updates
    .filter(
      ({ update }) =>
        update.case === "consent" &&
        update.value.entity === entity &&
        update.value.state === ConsentStateSave.DENIED,
    )
    .map(() => sender);
}
