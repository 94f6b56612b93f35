import { openInstallation } from "@history-sync/mls-group";
import { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
import { credentialOf } from "@history-sync/mls-group/xmtp";
import { silent, systemRandomBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { installationAuthentication } from "../../src/index.js";
import { alix, heard, request, World } from "../actors.js";

test("an undecodable message is skipped and deleted", async () => {
  const world = new World();
  const events: string[] = [];
  const phone = await world.installation(alix, (event) => events.push(event));
  await phone.groups.ensure();
  const laptop = await openInstallation(
    {
      deliveryService: world.node,
      store: new MemoryGroupStateStore(),
      authentication: installationAuthentication(world.installations),
      clock: world.clock,
      randomBytes: systemRandomBytes,
      log: silent,
    },
    {
      credential: credentialOf(alix),
    },
  );
  world.installations.add(alix, laptop.id);
  await phone.groups.refreshMembers();
  const [group] = await laptop.syncWelcomes();
  if (!group) throw new RangeError("laptop was added");
  await group.send(systemRandomBytes(100));
  await phone.groups.send(request("1"));

  expect(await heard(phone.groups)).toEqual(["1"]);
  expect(events).toContain("sync-message.skipped");
  expect(await phone.store.received(group.id)).toHaveLength(1);
});
