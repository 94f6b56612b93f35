import { expect, test } from "vitest";
import { heldUploads } from "./stuck-uploads.js";
import { messagesAt, World } from "./world.js";

test("a third installation joins between request and reply: each gets an archive of its own", async () => {
  await using world = await World.open();
  const { server, asked, open } = heldUploads(world.historyServer);
  const phone = await world.start("phone", {
    past: 40,
    historyServer: server,
  });
  await phone.client.settled();
  const laptop = await world.start("laptop");
  await asked;
  const tablet = await world.start("tablet");
  open();
  await world.settle();
  await world.settle();
  for (const one of [laptop, tablet]) {
    expect(await messagesAt(one)).toBe(40);
    const requests = (await one.client.history.requests()).filter(
      ({ role }) => role === "requester",
    );
    expect(requests).toMatchObject([{ stage: { name: "receipted" } }]);
    expect(await one.store.requests.archives.list()).toEqual([]);
  }
  expect(world.uploaded).toHaveLength(2);
  expect(await world.archives()).toBe(0);
  const keys = [phone, laptop, tablet].map(({ store }) =>
    store.history.hmacKey(),
  );
  const [first, ...others] = await Promise.all(keys);
  for (const other of others) expect(other).toEqual(first);
});
