import { expect, test } from "vitest";
import { inStage } from "./support/stage.js";
import { tinyBytes, tinyKey } from "./support/tiny.js";
import { World } from "./support/world.js";

test("T18: an archive's key is nowhere on disk once its history is in", async () => {
  await using world = await World.open();
  const a = await world.start("a");
  await a.client.importArchive(await tinyBytes(), tinyKey, "past");
  const b = await world.start("b");
  const keys: Buffer[] = [];
  const updates = b.client.history.updates();
  const watching = (async () => {
    for await (const update of updates) {
      if (update.type !== "stage") continue;
      const { stage } = update.request;
      if (stage.name === "imported") return;
      // A copy: the worker wipes its own.
      if (stage.name === "importing") keys.push(Buffer.from(stage.archive.key));
    }
  })();
  const replied = inStage(a.client, "replied");
  await a.client.syncAllDeviceSyncGroups();
  await Promise.all([watching, replied]);
  await Promise.all([a.client.settled(), b.client.settled()]);
  await a.client.syncAllDeviceSyncGroups();
  await a.client.settled();

  const [key] = keys;
  if (!key) throw new TypeError("there was a key");
  expect(key).toHaveLength(32);
  for (const name of ["a", "b"]) {
    const disk = await world.bytesOnDisk(name);
    expect(disk.length).toBeGreaterThan(10_000);
    expect(disk.includes(key), name).toBe(false);
  }
});
