import { expect, test } from "vitest";
import { heldUploads } from "./stuck-uploads.js";
import { messagesAt, stagesAt, World } from "./world.js";

test("T9: an installation that was revoked after it asked gets neither archive nor key", async () => {
  await using world = await World.open();
  const phone = await world.start("phone", { past: 40 });
  await phone.client.settled();
  await world.stop(phone);
  const thief = await world.start("thief");
  await thief.client.settled();

  const back = await world.start("phone", { releasePolicy: "ask" });
  await world.settle();
  const [request] = await back.client.history.requests();
  if (!request) throw new TypeError("expected a request");
  const known = await thief.store.history.hmacKey();
  expect(known?.key).toHaveLength(42);
  await back.client.revokeInstallations([thief.client.installationId]);
  await back.client.history.approve(request.id);
  await world.settleOnly(back);

  expect(await back.client.history.requests()).toMatchObject([
    { stage: { name: "failed", reason: "requester-not-in-inbox" } },
  ]);
  expect(world.uploaded).toEqual([]);
  expect(await messagesAt(thief)).toBe(0);
  expect(await thief.store.history.hmacKey()).toEqual(known);
  const now = await back.store.history.hmacKey();
  expect(now?.key).not.toEqual(known?.key);
});

test("T9: revoked while its archive is uploaded, it doesn't learn where that is, and nothing stays there", async () => {
  await using world = await World.open();
  const { server, asked, open } = heldUploads(world.historyServer);
  const phone = await world.start("phone", {
    past: 40,
    historyServer: server,
  });
  await phone.client.settled();
  const thief = await world.start("thief");
  await asked;
  await phone.client.revokeInstallations([thief.client.installationId]);
  open();
  await world.settleOnly(phone);
  await thief.client.conversations.syncAll();
  expect(await stagesAt(thief)).toEqual(["requested"]);
  expect(await stagesAt(phone)).toEqual(["failed"]);
  expect(await messagesAt(thief)).toBe(0);
  expect(world.uploaded).toHaveLength(1);
  expect(await world.archives()).toBe(0);
});
