import { afterAll, beforeAll, expect, test } from "vitest";
import { World } from "../src/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(() => world.close());

test("two installations of libxmtp sync their history through our node and our history server", async () => {
  const bob = await world.libxmtp("bob");
  const alice = await world.libxmtp("alice");
  const { id: group } = await alice.do<{ readonly id: string }>("createGroup", {
    members: [bob.inboxId],
    name: "plans",
  });
  const texts = ["one", "two", "three"];
  for (const text of texts) await alice.sendText(group, text);

  const phone = await world.libxmtp("phone", alice.walletKey);
  await alice.do("syncDeviceSync");
  await phone.do("sendSyncRequest", { serverUrl: world.historySyncUrl });
  await expect
    .poll(
      async () => {
        await alice.do("syncDeviceSync");
        await phone.do("syncDeviceSync");
        return phone.texts(group);
      },
      { timeout: 60_000, interval: 500 },
    )
    .toEqual(texts);
  expect(world.historyServerEvents).toContain("upload-stored");
});
