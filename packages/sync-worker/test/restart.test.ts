import { expect, test } from "vitest";
import { remember } from "./history.js";
import { Disk, inStage, next, stop, World } from "./world.js";

test("the requester restarts between request and reply", async () => {
  await using world = new World();
  const disk = new Disk();
  await remember(disk.history, 3);
  const alice = await world.start(disk);
  await alice.worker.settled();
  await stop(alice);

  const phone = await world.start();
  await next(phone.worker, inStage("requested"));
  await stop(phone);

  const alone = await world.start(alice.disk);
  const replied = next(alone.worker, inStage("replied"));
  await alone.worker.sync();
  await replied;
  await stop(alone);

  const back = await world.start(phone.disk);
  const imported = next(back.worker, inStage("imported"));
  await back.worker.sync();
  await imported;
  expect(back.disk.history.messages).toBe(3);
  expect(world.server.uploads).toBe(1);
});

test("the requester restarts while it downloads, and goes on by itself", async () => {
  await using world = new World();
  const disk = new Disk();
  await remember(disk.history, 3);
  const alice = await world.start(disk);
  await alice.worker.settled();
  let open = () => {};
  world.server.gate = new Promise((resolve) => {
    open = resolve;
  });
  const phone = await world.start();
  const importing = next(phone.worker, inStage("importing"));
  await alice.worker.refreshInstallations();
  await importing;
  const stopping = stop(phone);
  open();
  await stopping;

  const back = await world.start(phone.disk);
  await back.worker.settled();
  const [request] = await back.worker.requests();
  expect(request?.stage.name).toBe("receipted");
  expect(back.disk.history.messages).toBe(3);
});
