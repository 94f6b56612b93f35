import { ConsentStateSave } from "@history-sync/proto/device-sync";
import { friend } from "@history-sync/test-kit/past";
import { expect, test } from "vitest";
import { consent, remember } from "./history.js";
import { Disk, next, World } from "./world.js";

const off = { historySyncUrl: "" };

test("with an empty historySyncUrl nothing is requested and nothing answered", async () => {
  await using world = new World();
  const disk = new Disk();
  await remember(disk.history, 3);
  const alice = await world.start(disk, off);
  await alice.worker.settled();
  const phone = await world.start(new Disk(), off);
  await alice.worker.refreshInstallations();
  for (const { worker } of [phone, alice]) {
    await worker.sync();
    await worker.settled();
  }
  expect(await phone.worker.requests()).toEqual([]);
  await expect(phone.worker.request()).rejects.toMatchObject({
    code: "no-history-server",
  });

  await phone.worker.request({}, "http://127.0.0.1:5558");
  await alice.worker.sync();
  await alice.worker.settled();
  expect(await alice.worker.requests()).toEqual([]);
  expect(world.server.uploads).toBe(0);
});

test("preferences still travel", async () => {
  await using world = new World();
  const alice = await world.start(new Disk(), off);
  await alice.worker.settled();
  const phone = await world.start(new Disk(), off);
  await alice.worker.refreshInstallations();
  await phone.worker.sync();
  const heard = next(
    phone.worker,
    () => phone.disk.history.consentState(friend) !== undefined,
  );
  await alice.worker.shareConsent([consent(ConsentStateSave.DENIED, 7n)]);
  await heard;
  expect(phone.disk.history.consentState(friend)).toBe(ConsentStateSave.DENIED);
});
