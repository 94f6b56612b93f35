import type { MlsInstallation } from "@history-sync/mls-group";
import { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
import {
  metadataFields,
  withMetadata,
  xmtpGroupRules,
} from "@history-sync/mls-group/xmtp";
import { silent, systemRandomBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { replacementCoolDownMs } from "../../src/groups/primary-group.js";
import { openInboxInstallation } from "../../src/index.js";
import { inboxStates } from "../../src/installations/installation-authentication.js";
import { alix, heard, request, together, World } from "../actors.js";

/** An installation of Alix with a later release of XMTP's protocol. */
async function laterRelease(world: World): Promise<MlsInstallation> {
  const installation = await openInboxInstallation(
    {
      deliveryService: world.node,
      store: new MemoryGroupStateStore(),
      clock: world.clock,
      randomBytes: systemRandomBytes,
      log: silent,
    },
    {
      inboxId: alix,
      authentication: xmtpGroupRules({
        states: inboxStates(world.installations),
        version: "9.0.0",
      }),
    },
  );
  world.installations.add(alix, installation.id);
  return installation;
}

test("a group that asks for a later release waits; the others go on, and another takes its place", async () => {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");
  const later = await laterRelease(world);
  await phone.groups.refreshMembers();
  await laptop.groups.sync();
  const [group] = await later.syncWelcomes();
  const version = "9.0.0";
  await group?.changeMembers({
    extensions: ({ current }) =>
      withMetadata(current, metadataFields.minimumProtocolVersion, version),
  });

  expect(await heard(phone.groups)).toEqual([]);
  await expect(phone.groups.send(request("1"))).rejects.toMatchObject({
    code: "broken-group",
  });
  world.clock.advance(replacementCoolDownMs);
  await phone.groups.send(request("1"));
  expect(await heard(laptop.groups)).toEqual(["1"]);
  const [, replacement] = [await later.syncWelcomes(), ...later.groups()];
  expect(replacement?.members()).toHaveLength(3);
});
