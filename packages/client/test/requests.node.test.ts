import { expect, test } from "vitest";
import { tinyBytes, tinyKey } from "./support/tiny.js";
import { hears, inStage, World } from "./support/world.js";

test("history goes out when the user has compared the words and said yes", async () => {
  await using world = await World.open();
  const a = await world.start("a", { releasePolicy: "ask" });
  await a.client.importArchive(await tinyBytes(), tinyKey, "past");
  const b = await world.start("b");
  const asked = inStage(a.client, "awaiting-approval");
  const waits = hears(b.client, ({ acknowledgements }) =>
    acknowledgements.some(({ awaitingApproval }) => awaitingApproval),
  );
  const imported = inStage(b.client, "imported");
  await a.client.syncAllDeviceSyncGroups();
  await Promise.all([asked, waits]);

  const [request] = await a.client.history.requests();
  const [own] = await b.client.history.requests();
  if (!request || !own) throw new TypeError("expected the request on both");
  const [atA, atB] = [
    await a.client.history.approvalWords(request.id),
    await b.client.history.approvalWords(own.id),
  ];
  expect(atA[0]?.words.length).toBeGreaterThan(3);
  expect(atB[0]?.words).toEqual(atA[0]?.words);
  expect((await b.store.history.counts()).messages).toBe(0);
  await a.client.history.approve(request.id);
  await imported;
  expect((await b.store.history.counts()).messages).toBe(3);
});

test("an archive goes by hand to an installation that asked for nothing", async () => {
  await using world = await World.open();
  const a = await world.start("a", { releasePolicy: "never" });
  await a.client.importArchive(await tinyBytes(), tinyKey, "past");
  const b = await world.start("b");
  const declined = inStage(b.client, "declined");
  await a.client.syncAllDeviceSyncGroups();
  await declined;

  await a.client.sendSyncArchive("by-hand");
  await b.client.syncAllDeviceSyncGroups();
  expect(await b.client.listAvailableArchives(1)).toMatchObject([
    { pin: "by-hand" },
  ]);
  await b.client.processSyncArchive("by-hand");
  expect((await b.store.history.counts()).messages).toBe(3);
});
