import type { InstallationId } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";
import { signUpdate, type UpdateDraft } from "../draft.js";
import {
  addIdentifier,
  addInstallation,
  createInbox,
  revokeInstallations,
  revokeMembers,
} from "../drafts.js";
import { foldLog, type InboxSnapshot } from "../fold-log.js";
import { type Identifier, passkey } from "../identifier.js";
import type { IdentityService } from "../identity-service.js";
import { inboxIdOf } from "../inbox-id.js";
import { installationsOf } from "../inbox-state.js";
import {
  installationKeySigner,
  privateKeySigner,
} from "../private-key/index.js";
import type { InstallationSigner, Signer } from "../signer.js";

/** An open identity service for the contract tests. */
export interface IdentityServiceUnderTest {
  readonly service: IdentityService;
  close(): Promise<void>;
}

/** Tests every `IdentityService` with vitest. `open` makes one with empty logs. */
export function identityServiceContract(
  name: string,
  open: () => Promise<IdentityServiceUnderTest>,
): void {
  describe(`${name} is an IdentityService`, () => {
    const withService =
      (story: (service: IdentityService) => Promise<void>) =>
      async (): Promise<void> => {
        const { service, close } = await open();
        try {
          await story(service);
        } finally {
          await close();
        }
      };

    test(
      "has nothing of whom it doesn't know",
      withService(async (service) => {
        const { identifier, inboxId } = person("alix");
        expect(await service.updates(inboxId, 0n)).toEqual([]);
        expect(await service.inboxIds([identifier])).toEqual([undefined]);
        expect(await service.inboxIds([])).toEqual([]);
      }),
    );

    test(
      "has what was published as soon as it says so",
      withService(async (service) => {
        const alix = person("alix");
        await register(service, alix);
        const entries = await service.updates(alix.inboxId, 0n);
        expect(entries).toHaveLength(1);
        expect(entries[0]?.sequenceId).toBeGreaterThan(0n);
        expect(entries[0]?.serverTimestampNs).toBeGreaterThan(0n);
        const { state } = await foldLog(alix.inboxId, entries);
        expect(installationsOf(state)).toEqual([alix.phone.installationId]);
        expect(await service.inboxIds([alix.identifier])).toEqual([
          alix.inboxId,
        ]);
      }),
    );

    test(
      "keeps each log in order, and gives what comes after a sequence id",
      withService(async (service) => {
        const alix = person("alix");
        const bo = person("bo");
        await register(service, alix);
        await register(service, bo);
        await addNew(service, alix, installationKeySigner(seed("laptop")));
        await addNew(service, bo, installationKeySigner(seed("tablet")));
        await addNew(service, alix, installationKeySigner(seed("watch")));
        const entries = await service.updates(alix.inboxId, 0n);
        expect(entries).toHaveLength(3);
        const ids = entries.map(({ sequenceId }) => sequenceId);
        expect(ids).toEqual([...ids].sort((a, b) => (a < b ? -1 : 1)));
        for (const [index, id] of ids.entries()) {
          const after = await service.updates(alix.inboxId, id);
          expect(after).toEqual(entries.slice(index + 1));
        }
        expect(await service.updates(bo.inboxId, 0n)).toHaveLength(2);
      }),
    );

    test(
      "refuses what no log may hold, and keeps nothing of it",
      withService(async (service) => {
        const alix = person("alix");
        const created = await register(service, alix);
        const before = await service.updates(alix.inboxId, 0n);
        const { state } = await foldLog(alix.inboxId, before);
        const mallory = person("mallory");
        const stranger = addInstallation(state, mallory.phone.installationId, {
          by: mallory.identifier,
          clientTimestampNs: time(),
        });
        const bad: readonly Uint8Array[] = [
          await signUpdate(stranger, [mallory.wallet, mallory.phone]),
          created.subarray(0, created.length - 1),
          new Uint8Array(),
        ];
        for (const update of bad) {
          await expect(service.publish(update)).rejects.toThrow();
        }
        expect(await service.updates(alix.inboxId, 0n)).toEqual(before);
      }),
    );

    test(
      "stores an update once, however often it comes",
      withService(async (service) => {
        const alix = person("alix");
        const created = await register(service, alix);
        const before = await service.updates(alix.inboxId, 0n);
        await Promise.allSettled([
          service.publish(created),
          service.publish(created),
        ]);
        expect(await service.updates(alix.inboxId, 0n)).toEqual(before);
      }),
    );

    test(
      "takes updates that come at once one after the other",
      withService(async (service) => {
        const alix = person("alix");
        await register(service, alix);
        const { state } = await read(service, alix);
        const more = ["a", "b", "c", "d"].map((label) =>
          installationKeySigner(seed(label)),
        );
        const updates = await Promise.all(
          more.map((added) =>
            signUpdate(
              addInstallation(state, added.installationId, {
                by: alix.identifier,
                clientTimestampNs: time(),
              }),
              [alix.wallet, added],
            ),
          ),
        );
        await Promise.all(updates.map((update) => service.publish(update)));
        const after = await read(service, alix);
        expect(new Set(installationsOf(after.state))).toEqual(
          new Set([alix.phone, ...more].map((one) => one.installationId)),
        );
      }),
    );

    test(
      "finds the inbox that an identifier came to last and wasn't revoked from",
      withService(async (service) => {
        const alix = person("alix");
        const bo = person("bo");
        const linked = privateKeySigner(seed("linked"));
        const identifiers = [
          linked.identifier(),
          passkey(`02${"00".repeat(32)}`),
          bo.identifier,
        ];
        const found = () => service.inboxIds(identifiers);
        await register(service, alix);
        await register(service, bo);
        expect(await found()).toEqual([undefined, undefined, bo.inboxId]);
        for (const owner of [alix, bo]) {
          const { state } = await read(service, owner);
          const link = addIdentifier(state, linked.identifier(), {
            by: owner.identifier,
            clientTimestampNs: time(),
          });
          await service.publish(await signUpdate(link, [owner.wallet, linked]));
          expect(await found()).toEqual([owner.inboxId, undefined, bo.inboxId]);
        }
        for (const [owner, expected] of [
          [bo, alix.inboxId],
          [alix, undefined],
        ] as const) {
          const { state } = await read(service, owner);
          const unlink = revokeMembers(state, [linked.identifier()], {
            clientTimestampNs: time(),
          });
          await service.publish(await signUpdate(unlink, [owner.wallet]));
          expect(await found()).toEqual([expected, undefined, bo.inboxId]);
        }
      }),
    );

    test(
      "takes a revocation",
      withService(async (service) => {
        const alix = person("alix");
        await register(service, alix);
        const { state } = await read(service, alix);
        const ids: readonly InstallationId[] = [alix.phone.installationId];
        const revocation = revokeInstallations(state, ids, {
          clientTimestampNs: time(),
        });
        await service.publish(await signUpdate(revocation, [alix.wallet]));
        const after = await read(service, alix);
        expect(installationsOf(after.state)).toEqual([]);
        expect([...after.state.revoked]).toEqual(ids);
      }),
    );

    test(
      "does nothing for who has given up",
      withService(async (service) => {
        const alix = person("alix");
        const signal = AbortSignal.abort(new TypeError("enough"));
        const update = await signUpdate(creation(alix), [
          alix.wallet,
          alix.phone,
        ]);
        await expect(service.publish(update, { signal })).rejects.toThrow();
        await expect(
          service.updates(alix.inboxId, 0n, { signal }),
        ).rejects.toThrow();
        expect(await service.updates(alix.inboxId, 0n)).toEqual([]);
      }),
    );
  });
}

interface Person {
  readonly wallet: Signer;
  readonly identifier: Identifier;
  readonly inboxId: ReturnType<typeof inboxIdOf>;
  readonly phone: InstallationSigner;
}

const nonce = 1n;
let seconds = 0n;

/** Another second each time, so that no two texts are the same. */
function time(): bigint {
  seconds += 1n;
  return 1_700_000_000_000_000_000n + seconds * 1_000_000_000n;
}

function seed(label: string): Uint8Array {
  return sha256(new TextEncoder().encode(label));
}

function person(label: string): Person {
  const wallet = privateKeySigner(seed(label));
  const identifier = wallet.identifier();
  return {
    wallet,
    identifier,
    inboxId: inboxIdOf(identifier, nonce),
    phone: installationKeySigner(seed(`${label}'s phone`)),
  };
}

function creation({ identifier, phone }: Person): UpdateDraft {
  return createInbox(identifier, phone.installationId, {
    nonce,
    clientTimestampNs: time(),
  });
}

async function register(
  service: IdentityService,
  owner: Person,
): Promise<Uint8Array> {
  const update = await signUpdate(creation(owner), [owner.wallet, owner.phone]);
  await service.publish(update);
  return update;
}

async function addNew(
  service: IdentityService,
  owner: Person,
  added: InstallationSigner,
): Promise<void> {
  const { state } = await read(service, owner);
  const draft = addInstallation(state, added.installationId, {
    by: owner.identifier,
    clientTimestampNs: time(),
  });
  await service.publish(await signUpdate(draft, [owner.wallet, added]));
}

async function read(
  service: IdentityService,
  { inboxId }: Person,
): Promise<InboxSnapshot> {
  return await foldLog(inboxId, await service.updates(inboxId, 0n));
}
