import { expect, test } from "vitest";
import { start, together, withHistory } from "./pair.js";
import { inStage, next, seenBy, settle, World } from "./world.js";

test("two installations ask at once: both get the history of the third, not each other's nothing", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  const tablet = await start(world);
  await together(alice, phone, tablet);
  const [one, two] = await Promise.all([
    phone.worker.request(),
    tablet.worker.request(),
  ]);
  await settle(phone, tablet, alice);
  await settle(phone, tablet, alice);
  expect((await seenBy(phone, one.pin))?.stage.name).toBe("receipted");
  expect((await seenBy(tablet, two.pin))?.stage.name).toBe("receipted");
  expect(phone.disk.history.messages).toBe(3);
  expect(tablet.disk.history.messages).toBe(3);
  expect(world.server.uploads).toBe(2);
});

test("an installation that joins between request and reply sees neither key nor archive, and gets its own", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  let open = () => {};
  world.server.uploadGate = new Promise((resolve) => {
    open = resolve;
  });
  const preparing = next(alice.worker, inStage("preparing"));
  const { pin } = await phone.worker.request();
  await preparing;
  const tablet = await start(world);
  await phone.worker.refreshInstallations();
  open();
  await settle(alice, tablet, phone);
  expect((await seenBy(phone, pin))?.stage.name).toBe("receipted");
  expect(await tablet.disk.requests.archives.list()).toEqual([]);

  const own = await tablet.worker.request();
  await settle(alice, tablet, phone);
  expect((await seenBy(tablet, own.pin))?.stage.name).toBe("receipted");
  expect(tablet.disk.history.messages).toBe(3);
});

test("cancelled: nobody goes on with it, and nothing stays on the server", async () => {
  await using world = new World();
  const alice = await withHistory(world, 3, { policy: "ask" });
  const tablet = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone, tablet);
  let open = () => {};
  world.server.gate = new Promise((resolve) => {
    open = resolve;
  });
  const importing = next(phone.worker, inStage("importing"));
  const { id, pin } = await phone.worker.request();
  await importing;
  await phone.worker.cancel(id);
  open();
  await settle(phone, tablet, alice);
  const seen = [phone, tablet].map(
    async (one) => (await seenBy(one, pin))?.stage,
  );
  for (const stage of await Promise.all(seen)) {
    expect(stage).toEqual({ name: "cancelled", notified: true });
  }
  expect(phone.disk.history.messages).toBe(0);
  expect(world.server.blobs.size).toBe(0);
  await expect(phone.worker.cancel(id)).rejects.toMatchObject({
    code: "wrong-stage",
  });
});
