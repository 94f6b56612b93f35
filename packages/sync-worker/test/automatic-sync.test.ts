import { BackupElementSelection } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { remember } from "./history.js";
import { archiveOf, Disk, inStage, next, World } from "./world.js";

test("a new installation asks, an old one answers, the new one imports: all by themselves", async () => {
  await using world = new World();
  const disk = new Disk();
  await remember(disk.history, 3);
  const alice = await world.start(disk);
  await alice.worker.settled();

  const phone = await world.start();
  const imported = next(phone.worker, inStage("imported"));
  const importing = next(phone.worker, inStage("importing"));
  await alice.worker.refreshInstallations();
  const archive = archiveOf(await importing);
  await imported;

  expect(phone.disk.history.messages).toBe(3);
  const [asked] = await phone.worker.requests();
  expect(asked).toMatchObject({
    role: "requester",
    stage: { name: "imported" },
  });
  await alice.worker.settled();
  const [answered] = await alice.worker.requests();
  expect(answered).toMatchObject({
    role: "responder",
    pin: asked?.pin,
    requester: phone.syncGroups.installationId,
    stage: { name: "replied" },
  });
  expect(archive.metadata?.elements).toEqual([
    BackupElementSelection.MESSAGES,
    BackupElementSelection.CONSENT,
  ]);
  expect(await phone.disk.history.hmacKey()).toEqual(
    await alice.disk.history.hmacKey(),
  );
  expect(await alice.disk.history.hmacKey()).toBeDefined();
});

test("a new installation requests once, not at every start", async () => {
  await using world = new World();
  const alice = await world.start();
  await alice.worker.settled();
  const phone = await world.start();
  const imported = next(phone.worker, inStage("imported"));
  await alice.worker.refreshInstallations();
  await imported;
  await phone.worker.close();

  const again = await world.start(phone.disk);
  await again.worker.settled();
  expect(await again.worker.requests()).toHaveLength(1);
  expect(world.server.uploads).toBe(1);
});

test("the first installation of an inbox has nobody to ask", async () => {
  await using world = new World();
  const alice = await world.start();
  await alice.worker.settled();
  expect(await alice.worker.requests()).toEqual([]);
});
