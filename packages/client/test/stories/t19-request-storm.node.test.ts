import { memoryStore } from "@history-sync/store/memory";
import { expect, test } from "vitest";
import { stagesAt, World } from "./world.js";

// Each is written to the disk several times.
const requests = process.env.SLOW === "1" ? 1_000 : 200;

test(`T19: of ${requests} pending requests the newest four are answered, and the others are declined in a few messages`, async () => {
  await using world = await World.open();
  const phone = await world.start("phone", { past: 40 });
  await phone.client.settled();
  await world.stop(phone);
  const storm = await world.start("storm", { store: memoryStore() });
  await storm.client.settled();
  // It has asked once by itself.
  for (let sent = 1; sent < requests; sent++) {
    await storm.client.sendSyncRequest();
  }
  await world.stop(storm);

  let said = 0;
  world.deliveryService.fault = (call) => {
    if (call === "sendGroupMessage") said += 1;
    return undefined;
  };
  const back = await world.start("phone");
  await world.settle();
  const stages = await stagesAt(back);
  expect(stages).toHaveLength(requests);
  expect(stages.filter((stage) => stage === "replied")).toHaveLength(4);
  expect(stages.filter((stage) => stage === "declined")).toHaveLength(
    requests - 4,
  );
  expect(world.uploaded).toHaveLength(4);
  // Its commit and key for the newcomer, four acknowledgements and replies, and what declines the others.
  expect(said).toBeLessThan(15);
}, 300_000);
