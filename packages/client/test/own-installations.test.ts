import { expect, test } from "vitest";
import { failing } from "./support/failing-node.js";
import { hurriedClock } from "./support/hurried-clock.js";
import { MemoryStage } from "./support/memory-stage.js";
import { nextOf } from "./support/stage.js";

test("a new installation of the user's is brought into what isn't denied nor long silent, at the second try if need be", async () => {
  await using stage = new MemoryStage();
  const clock = hurriedClock();
  const bo = await stage.start("bo");
  const deliveryService = failing("fetchKeyPackages", 3, stage.deliveryService);
  const phone = await stage.start("alix", { clock });
  const [lively, denied, silent] = [
    await phone.client.conversations.newGroup([bo.client.inboxId]),
    await phone.client.conversations.newGroup([bo.client.inboxId]),
    await phone.client.conversations.newGroup([bo.client.inboxId]),
  ];
  await denied.updateConsentState("denied");
  const row = await phone.store.history.conversation(silent.id);
  if (!row) throw new TypeError("expected the conversation in the store");
  const longAgo = { ...row, createdAtNs: 1n, lastMessageNs: 2n };
  await phone.store.history.put({ groups: [longAgo] });
  await phone.client.settled();
  await stage.stop(phone);

  await stage.start("alix", { clock, deliveryService });
  const laptop = await stage.start("alix-laptop", { user: "alix", clock });
  const news = laptop.client.conversations.updates();
  expect(await nextOf(news)).toMatchObject({
    type: "new",
    conversation: { id: lively.id },
  });
  const ids = (await laptop.client.conversations.list()).map(({ id }) => id);
  expect(ids).toEqual([lively.id]);
});
