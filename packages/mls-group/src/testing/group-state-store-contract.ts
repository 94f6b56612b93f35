import { groupIdOf, installationIdOf } from "@history-sync/primitives";
import { describe, expect, test } from "vitest";
import type {
  EngineState,
  GroupRecord,
  GroupStateStore,
  HeldRecord,
  KeyPackageRecord,
  OutboxRecord,
  PendingCommit,
  ReceivedRecord,
} from "../ports/group-state-store.js";

/**
 * Declares the tests that every GroupStateStore must pass. `open` returns an empty store; `reopen` the same one as
 * after a restart.
 */
export function groupStateStoreContract(
  name: string,
  open: () => Promise<{
    readonly store: GroupStateStore;
    readonly reopen: () => Promise<GroupStateStore>;
  }>,
): void {
  describe(`GroupStateStore: ${name}`, () => {
    test("an empty store has nothing", async () => {
      const { store } = await open();
      expect(await store.installation()).toBeUndefined();
      expect(await store.keyPackages()).toEqual([]);
      expect(await store.groups()).toEqual([]);
      expect(await store.group(group.id)).toBeUndefined();
      expect(await store.outbox(group.id)).toEqual([]);
      expect(await store.received(group.id)).toEqual([]);
      expect(await store.held(group.id)).toEqual([]);
    });

    test("every record comes back as it was written, after a restart too", async () => {
      const { store, reopen } = await open();
      await store.commit({
        installation,
        keyPackages: [keyPackage],
        groups: [group],
        outbox: [outboxRow("m1")],
        received: [receivedRow(1n)],
        held: [heldRow(2n)],
      });
      const reopened = await reopen();
      expect(await reopened.installation()).toEqual(installation);
      expect(await reopened.keyPackages()).toEqual([keyPackage]);
      expect(await reopened.groups()).toEqual([group]);
      expect(await reopened.group(group.id)).toEqual(group);
      expect(await reopened.outbox(group.id)).toEqual([outboxRow("m1")]);
      expect(await reopened.received(group.id)).toEqual([receivedRow(1n)]);
      expect(await reopened.held(group.id)).toEqual([heldRow(2n)]);
    });

    test("a later record replaces the earlier one with its key", async () => {
      const { store } = await open();
      await store.commit({ installation, keyPackages: [keyPackage] });
      await store.commit({
        installation: { ...installation, welcomeCursor: 9n },
        keyPackages: [{ ...keyPackage, published: true }],
      });
      expect((await store.installation())?.welcomeCursor).toBe(9n);
      expect(await store.keyPackages()).toEqual([
        { ...keyPackage, published: true },
      ]);
    });

    test("optional fields are set and removed", async () => {
      const { store, reopen } = await open();
      const { welcomeKey: _, ...plain } = keyPackage;
      const due = { ...installation, renewAtNs: 2n ** 61n };
      const retired = { ...keyPackage, initKey: bytes(20), wipeAtNs: 5n };
      await store.commit({ installation: due, keyPackages: [plain, retired] });
      const later = await reopen();
      expect(await later.installation()).toEqual(due);
      expect(await later.keyPackages()).toHaveLength(2);
      expect(await later.keyPackages()).toEqual(
        expect.arrayContaining([plain, retired]),
      );
      await later.commit({ installation, keyPackagesDone: [retired] });
      const last = await reopen();
      expect(await last.installation()).toEqual(installation);
      expect(await last.keyPackages()).toEqual([plain]);
    });

    test("a pending commit and its Welcomes come and go", async () => {
      const { store, reopen } = await open();
      const pending: PendingCommit = {
        epoch: 7n,
        message: bytes(3),
        hash: bytes(4),
        nextState: state(5),
        welcomes: group.welcomes,
      };
      const waiting = { ...group, welcomes: [], pending };
      await store.commit({ groups: [waiting] });
      const reopened = await reopen();
      expect(await reopened.group(group.id)).toEqual(waiting);
      await reopened.commit({ groups: [group] });
      expect(await (await reopen()).group(group.id)).toEqual(group);
    });

    test.each([
      "unreadable-commit",
      "later-epochs",
      "epoch-authenticator",
    ] as const)("a fork comes and goes: %s", async (reason) => {
      const { store, reopen } = await open();
      const fork = { epoch: 2n ** 63n - 1n, sinceNs: 2n ** 60n, reason };
      const forked = { ...group, keysRenewedAtNs: 0n, fork };
      await store.commit({ groups: [forked] });
      const reopened = await reopen();
      expect(await reopened.group(group.id)).toEqual(forked);
      await reopened.commit({ groups: [group] });
      expect(await (await reopen()).group(group.id)).toEqual(group);
    });

    test("the member that added this installation, and re-added members", async () => {
      const { store, reopen } = await open();
      const joined: GroupRecord = {
        ...group,
        addedBy: { installationId, credential: bytes(7) },
        readded: [
          { installationId, sequence: 2n ** 62n, atNs: 2n ** 60n },
          {
            installationId: installationIdOf(new Uint8Array(32).fill(9)),
            sequence: 1n,
            atNs: 0n,
          },
        ],
      };
      await store.commit({ groups: [joined] });
      const reopened = await reopen();
      expect(await reopened.group(group.id)).toEqual(joined);
      await reopened.commit({ groups: [group] });
      expect(await (await reopen()).group(group.id)).toEqual(group);
    });

    test("the outbox keeps the order of first writing", async () => {
      const { store } = await open();
      for (const id of ["c", "a", "b"]) {
        await store.commit({ outbox: [outboxRow(id)] });
      }
      const again: OutboxRecord = {
        ...outboxRow("c"),
        epoch: 9n,
        message: bytes(99),
        phase: "again",
      };
      await store.commit({ outbox: [again], outboxDone: [outboxRow("a")] });
      expect(await store.outbox(group.id)).toEqual([again, outboxRow("b")]);
      expect(await store.outbox(otherGroup)).toEqual([]);
    });

    test("received messages are in the group's order until they are handled", async () => {
      const { store, reopen } = await open();
      await store.commit({ received: [receivedRow(10n), receivedRow(9n)] });
      await store.commit({ received: [receivedRow(2n ** 62n)] });
      expect(
        (await store.received(group.id)).map(({ sequence }) => sequence),
      ).toEqual([9n, 10n, 2n ** 62n]);
      await store.commit({ handled: [receivedRow(9n), receivedRow(10n)] });
      const reopened = await reopen();
      expect(await reopened.received(group.id)).toEqual([
        receivedRow(2n ** 62n),
      ]);
      expect(await reopened.received(otherGroup)).toEqual([]);
    });

    test("held messages are in the group's order until they are done with", async () => {
      const { store, reopen } = await open();
      const rows = [heldRow(10n), heldRow(9n), heldRow(2n ** 62n)];
      await store.commit({ held: rows });
      expect(
        (await store.held(group.id)).map(({ sequence }) => sequence),
      ).toEqual([9n, 10n, 2n ** 62n]);
      await store.commit({
        heldDone: [heldRow(9n), heldRow(10n)],
        received: [receivedRow(9n)],
      });
      const reopened = await reopen();
      expect(await reopened.held(group.id)).toEqual([heldRow(2n ** 62n)]);
      expect(await reopened.held(otherGroup)).toEqual([]);
    });

    test("given and returned rows are copies", async () => {
      const { store } = await open();
      const given = { ...installation, credential: bytes(1) };
      await store.commit({ installation: given });
      given.credential.fill(0);
      (await store.installation())?.credential.fill(0);
      expect((await store.installation())?.credential).toEqual(bytes(1));
    });
  });
}

const bytes = (seed: number) =>
  Uint8Array.from({ length: 40 }, (_, i) => (seed * 31 + i) & 0xff);
const state = (seed: number): EngineState => ({
  engine: "an-engine",
  version: 1,
  bytes: bytes(seed),
});
const otherGroup = groupIdOf(Uint8Array.of(9, 9));

const installationId = installationIdOf(new Uint8Array(32).fill(8));
const installation = {
  signatureKey: bytes(1),
  credential: bytes(2),
  welcomeCursor: 3n,
};

const keyPackage: KeyPackageRecord = {
  initKey: bytes(1),
  bytes: bytes(2),
  initPrivateKey: bytes(3),
  encryptionPrivateKey: bytes(4),
  welcomeKey: { publicKey: bytes(5), privateKey: bytes(6) },
  createdAtNs: 1_700_000_000_123_456_789n,
  published: false,
};

const group: GroupRecord = {
  id: groupIdOf(Uint8Array.of(1, 2, 3)),
  state: state(6),
  epoch: 7n,
  cursor: 2n ** 62n,
  createdAtNs: 1_700_000_000_123_456_789n,
  active: true,
  keysRenewedAtNs: 1_700_000_000_000_000_001n,
  welcomes: [
    {
      installationId: installationIdOf(new Uint8Array(32).fill(1)),
      data: bytes(7),
      hpkePublicKey: bytes(8),
      wrapperAlgorithm: 1,
      metadata: new Uint8Array(),
    },
  ],
};

function outboxRow(id: string): OutboxRecord {
  return {
    groupId: group.id,
    id,
    epoch: 7n,
    message: bytes(9),
    hash: bytes(10),
    plaintext: bytes(11),
    phase: "sent",
    shouldPush: true,
  };
}

function heldRow(sequence: bigint): HeldRecord {
  return {
    groupId: group.id,
    sequence,
    epoch: 2n ** 63n - 1n,
    sentAtNs: 1_700_000_000_123_456_789n,
    data: bytes(13),
  };
}

function receivedRow(sequence: bigint): ReceivedRecord {
  return {
    groupId: group.id,
    sequence,
    sender: installationIdOf(new Uint8Array(32).fill(2)),
    credential: bytes(14),
    own: true,
    epoch: 7n,
    sentAtNs: 1_700_000_000_123_456_789n,
    plaintext: bytes(12),
  };
}
