import type { Delivered, DeliveryService } from "@history-sync/mls-group";
import { expect, test } from "vitest";
import { replacementCoolDownMs } from "../../src/groups/primary-group.js";
import { alix, heard, request, together, World } from "../actors.js";

/** The node, but for one entry that it hides. */
function without(
  node: DeliveryService,
  isHidden: (entry: Delivered) => boolean,
): DeliveryService {
  return {
    uploadKeyPackage: node.uploadKeyPackage.bind(node),
    fetchKeyPackages: node.fetchKeyPackages.bind(node),
    sendGroupMessage: node.sendGroupMessage.bind(node),
    sendWelcomes: node.sendWelcomes.bind(node),
    subscribe: node.subscribe.bind(node),
    async query(topic, afterId, options) {
      const page = await node.query(topic, afterId, options);
      const entries = page.entries.filter((entry) => !isHidden(entry));
      return { ...page, entries };
    },
  };
}

/** Phone, laptop and tablet; the laptop never sees the commit that added the tablet. */
async function forkedLaptop() {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");
  await laptop.groups.close();
  const [record] = await laptop.store.groups();
  if (!record) throw new RangeError("the laptop is in a group");
  let hidden: bigint | undefined;
  const groups = await world.open(
    laptop.store,
    alix,
    undefined,
    without(world.node, ({ topic, id }) => {
      if (topic.kind !== "group" || topic.groupId !== record.id) return false;
      hidden ??= id > record.cursor ? id : undefined;
      return id === hidden;
    }),
  );
  const tablet = await world.installation();
  await phone.groups.refreshMembers();
  await tablet.groups.ensure();
  for (const pin of ["1", "2", "3"]) await phone.groups.send(request(pin));
  return { world, phone, laptop: { ...laptop, groups }, tablet };
}

test("a laptop that lost the others makes a group with all of them, and they talk again", async () => {
  const { world, phone, laptop, tablet } = await forkedLaptop();
  world.clock.advance(replacementCoolDownMs);
  expect(await heard(laptop.groups)).toEqual([]);
  expect(await laptop.store.groups()).toHaveLength(2);

  await laptop.groups.send(request("from laptop"));
  expect(await heard(phone.groups)).toContain("from laptop");
  await phone.groups.send(request("from phone"));
  expect(await heard(laptop.groups)).toEqual(["from laptop", "from phone"]);
  expect(await heard(tablet.groups)).toContain("from phone");
  await laptop.groups.sync();
  expect(await laptop.store.groups()).toHaveLength(2);
});

test("a fork of a young group waits, and is found again after a restart", async () => {
  const { world, phone, laptop } = await forkedLaptop();
  await laptop.groups.sync();
  expect(await laptop.store.groups()).toHaveLength(1);
  await expect(laptop.groups.send(request("1"))).rejects.toMatchObject({
    code: "broken-group",
    retryable: true,
  });
  await laptop.groups.close();

  const again = await world.open(laptop.store);
  world.clock.advance(replacementCoolDownMs);
  await again.ensure();
  await again.send(request("after all"));
  expect(await heard(phone.groups)).toContain("after all");
});
