import { expect, test } from "vitest";
import { MemoryStage } from "./support/memory-stage.js";
import { ShiftedClock } from "./support/shifted-clock.js";
import { atOther } from "./support/stage.js";

const minuteMs = 60_000;
// Only the conversation's other member adds new installations.
const alone = { disableDeviceSync: true };

test("members' installations are checked before a message at most every 5 seconds, on a sync at most every 30 minutes", async () => {
  await using stage = new MemoryStage();
  const clock = new ShiftedClock();
  const alix = await stage.start("alix", { clock });
  const bo = await stage.start("bo", alone);
  const dm = await alix.client.conversations.newDm(bo.client.inboxId);
  const installations = async () =>
    (await dm.members()).flatMap(({ installationIds }) => installationIds)
      .length;
  await dm.sendText("checks now");

  await stage.start("bo-laptop", { ...alone, user: "bo" });
  await dm.sendText("checked just now");
  expect(await installations()).toBe(2);
  clock.forward(5_000);
  await dm.sendText("checks again");
  expect(await installations()).toBe(3);

  await stage.start("bo-tablet", { ...alone, user: "bo" });
  clock.forward(29 * minuteMs);
  await dm.sync();
  expect(await installations()).toBe(3);
  clock.forward(minuteMs);
  await dm.sync();
  expect(await installations()).toBe(4);
});

test("the time of the last check survives a restart", async () => {
  await using stage = new MemoryStage();
  const clock = new ShiftedClock();
  const alix = await stage.start("alix", { clock });
  const bo = await stage.start("bo", alone);
  const dm = await alix.client.conversations.newDm(bo.client.inboxId);
  await dm.sync();
  await stage.stop(alix);

  await stage.start("bo-laptop", { ...alone, user: "bo" });
  const back = await stage.start("alix", { clock });
  const soon = await atOther(back, dm);
  expect((await soon.members())[1]?.installationIds).toHaveLength(1);
  clock.forward(30 * minuteMs);
  const late = await atOther(back, dm);
  expect((await late.members())[1]?.installationIds).toHaveLength(2);
});
