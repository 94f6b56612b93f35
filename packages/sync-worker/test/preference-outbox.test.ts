import { ConsentStateSave } from "@history-sync/proto/device-sync";
import { friend } from "@history-sync/test-kit/past";
import { expect, test } from "vitest";
import { consent } from "./history.js";
import { start, together, withHistory } from "./pair.js";
import { settle, stop, World } from "./world.js";

test("a decision that the process was killed with reaches the others after the next start", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  world.node.fault = (call) =>
    call === "sendGroupMessage" ? "refused" : undefined;
  await alice.worker.shareConsent([consent(ConsentStateSave.DENIED, 9n)]);
  expect(alice.disk.history.consentState(friend)).toBe(ConsentStateSave.DENIED);
  await stop(alice);
  world.node.fault = () => undefined;
  expect(await alice.disk.requests.outbox.list()).toHaveLength(1);

  const back = await world.start(alice.disk);
  await settle(back, phone);
  expect(phone.disk.history.consentState(friend)).toBe(ConsentStateSave.DENIED);
  expect(await back.disk.requests.outbox.list()).toEqual([]);
});

test("a decision that was kept but not applied is applied at the next start", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  const { mergePage } = alice.disk.history;
  alice.disk.history.mergePage = () => Promise.reject(new TypeError("killed"));
  await expect(
    alice.worker.shareConsent([consent(ConsentStateSave.DENIED, 9n)]),
  ).rejects.toThrow("killed");
  await stop(alice);
  alice.disk.history.mergePage = mergePage;
  const back = await world.start(alice.disk);
  await settle(back, phone);
  for (const { disk } of [back, phone]) {
    expect(disk.history.consentState(friend)).toBe(ConsentStateSave.DENIED);
  }
});

test("the newer of two decisions wins, in whatever order they arrive", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  await phone.worker.shareConsent([consent(ConsentStateSave.ALLOWED, 20n)]);
  await alice.worker.shareConsent([consent(ConsentStateSave.DENIED, 10n)]);
  await settle(alice, phone);
  for (const { disk } of [alice, phone]) {
    expect(disk.history.consentState(friend)).toBe(ConsentStateSave.ALLOWED);
  }
});
