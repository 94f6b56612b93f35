import { openInstallation } from "@history-sync/mls-group";
import { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
import {
  credentialOf,
  newGroupExtensions,
  newSyncGroupExtensions,
  updateMembership,
} from "@history-sync/mls-group/xmtp";
import { silent, systemRandomBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { inboxStates } from "../../src/installations/installation-authentication.js";
import { alix, bo, World } from "../actors.js";

test("Alix's phone refuses a sync group with Bo in it, and one that Bo made in its name", async () => {
  const world = new World();
  const events: string[] = [];
  const log = (event: string) => events.push(event);
  const phone = await world.installation(alix, log);
  const mallory = await openInstallation(
    {
      deliveryService: world.node,
      store: new MemoryGroupStateStore(),
      authentication: { validate: async () => true },
      clock: world.clock,
      randomBytes: systemRandomBytes,
      log: silent,
    },
    {
      credential: credentialOf(bo),
    },
  );
  world.installations.add(bo, mallory.id);
  const extensions = newSyncGroupExtensions(alix, {
    randomBytes: systemRandomBytes,
  });
  const group = await mallory.createGroup({ extensions });
  await group.changeMembers({ add: [phone.groups.installationId] });
  await group.send(new Uint8Array(10));

  await phone.groups.sync();
  expect(events).toContain("welcome.skipped");
  expect(await phone.store.groups()).toEqual([]);
  expect(await phone.groups.pending()).toEqual([]);
  await phone.groups.ensure();
  expect(await phone.store.groups()).toHaveLength(1);
});

test("a group of the same inbox that is no sync group isn't read", async () => {
  const world = new World();
  const phone = await world.installation();
  const store = new MemoryGroupStateStore();
  const laptop = await openInstallation(
    {
      deliveryService: world.node,
      store,
      authentication: { validate: async () => true },
      clock: world.clock,
      randomBytes: systemRandomBytes,
      log: silent,
    },
    {
      credential: credentialOf(alix),
    },
  );
  world.installations.add(alix, laptop.id);
  const group = await laptop.createGroup({
    extensions: newGroupExtensions(alix, { randomBytes: systemRandomBytes }),
  });
  const { sequenceId } = await world.installations.installations(alix);
  await updateMembership(group, () => new Map([[alix, sequenceId]]), {
    states: inboxStates(world.installations),
  });
  await group.send(new Uint8Array(10));
  await phone.groups.sync();
  expect(await phone.store.groups()).toHaveLength(1);
  expect(await phone.groups.pending()).toEqual([]);
});
