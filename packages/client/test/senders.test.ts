import { expect, test } from "vitest";
import { MemoryStage } from "./support/memory-stage.js";
import { atOther, textsOf } from "./support/stage.js";

test("a message has its sender though the installation was removed before it is read", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix");
  const bo = await stage.start("bo");
  const dm = await alix.client.conversations.newDm(bo.client.inboxId);
  await atOther(bo, dm);
  await stage.stop(bo);

  const laptop = await stage.start("laptop", { user: "alix" });
  await alix.client.syncAllDeviceSyncGroups();
  await alix.client.settled();
  await (await atOther(laptop, dm)).sendText("from the laptop");
  await alix.client.revokeInstallations([laptop.client.installationId]);
  await alix.client.settled();
  await dm.sendText("without it");

  const back = await stage.start("bo");
  const there = await atOther(back, dm);
  expect(await textsOf(there)).toEqual(["from the laptop", "without it"]);
  const members = await there.members();
  expect(members.flatMap(({ installationIds }) => installationIds)).toEqual(
    expect.not.arrayContaining([laptop.client.installationId]),
  );
  expect(await there.messages()).toMatchObject([
    { senderInboxId: alix.client.inboxId },
    {
      senderInboxId: alix.client.inboxId,
      senderInstallationId: laptop.client.installationId,
    },
  ]);
});
