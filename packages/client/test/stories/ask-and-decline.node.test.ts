import { expect, test } from "vitest";
import { messagesAt, stagesAt, World } from "./world.js";

test("T8: the user compares the words, says yes, and the history goes out", async () => {
  await using world = await World.open();
  const phone = await world.start("phone", { past: 40, releasePolicy: "ask" });
  const laptop = await world.start("laptop");
  await world.settle();
  expect(await stagesAt(phone)).toEqual(["awaiting-approval"]);
  expect(world.uploaded).toEqual([]);

  const [request] = await phone.client.history.requests();
  const [own] = await laptop.client.history.requests();
  if (!request || !own) throw new TypeError("expected the request on both");
  const [shown] = await phone.client.history.comparisonWords(request.id);
  const [alsoShown] = await laptop.client.history.comparisonWords(own.id);
  expect(shown?.words).toHaveLength(6);
  expect(alsoShown?.words).toEqual(shown?.words);

  await phone.client.history.approve(request.id);
  await world.settle();
  expect(await stagesAt(laptop)).toEqual(["receipted"]);
  expect(await messagesAt(laptop)).toBe(40);
});

test("T8: a no is an answer, for all installations, and shown on all of them", async () => {
  await using world = await World.open();
  const phone = await world.start("phone", { past: 40, releasePolicy: "ask" });
  const tablet = await world.start("tablet", { releasePolicy: "ask" });
  await world.settle();
  const [ofTablet] = await phone.client.history.requests();
  if (ofTablet) await phone.client.history.approve(ofTablet.id);
  await world.settle();

  const stranger = await world.start("stranger");
  await world.settle();
  const request = (await tablet.client.history.requests()).at(-1);
  expect(request?.stage.name).toBe("awaiting-approval");
  if (request) await tablet.client.history.decline(request.id);
  await world.settle();
  for (const { client } of [phone, tablet, stranger]) {
    expect((await client.history.requests()).at(-1)?.stage).toMatchObject({
      name: "declined",
      reason: "user",
      by: tablet.client.installationId,
    });
  }
  expect(await messagesAt(stranger)).toBe(0);
  expect(world.uploaded).toHaveLength(1);
});

test("T8: an installation that never hands out history says so", async () => {
  await using world = await World.open();
  const phone = await world.start("phone", {
    past: 40,
    releasePolicy: "never",
  });
  const laptop = await world.start("laptop");
  await world.settle();
  expect(await laptop.client.history.requests()).toMatchObject([
    {
      stage: {
        name: "declined",
        reason: "policy",
        by: phone.client.installationId,
      },
    },
  ]);
  expect(world.uploaded).toEqual([]);
});
