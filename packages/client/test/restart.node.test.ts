import { expect, test } from "vitest";
import { tinyBytes, tinyKey } from "./support/tiny.js";
import { inStage, World } from "./support/world.js";

test("B restarts between request and reply: its MLS state and its request are on disk", async () => {
  await using world = await World.open();
  const a = await world.start("a");
  await a.client.importArchive(await tinyBytes(), tinyKey, "past");
  const b = await world.start("b");
  const requested = inStage(b.client, "requested");
  await a.client.syncAllDeviceSyncGroups();
  await requested;
  const { installationId } = b.client;
  await world.stop(b);

  await a.client.syncAllDeviceSyncGroups();
  await a.client.settled();
  const [answered] = await a.client.history.requests();
  expect(answered?.stage.name).toBe("replied");

  const back = await world.start("b");
  expect(back.client.installationId).toBe(installationId);
  await back.client.syncAllDeviceSyncGroups();
  await back.client.settled();
  const [asked] = await back.client.history.requests();
  expect(asked?.stage.name).toBe("receipted");
  expect(await back.store.history.counts()).toEqual({
    conversations: 2,
    messages: 3,
    consent: 4,
  });
});
