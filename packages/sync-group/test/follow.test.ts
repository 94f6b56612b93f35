import { silent } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { followNews } from "../src/index.js";
import { heard, request, together, World } from "./actors.js";

test("follow yields at the start, then after each sync with new messages, its own included", async () => {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");
  const stop = new AbortController();
  const news = phone.groups.follow(stop.signal);
  await news.next();

  let next = news.next();
  const untilPending = async (count: number) => {
    while ((await phone.groups.pending()).length < count) {
      expect((await next).done).toBe(false);
      next = news.next();
    }
  };
  // A commit that renews the laptop's keys goes before, and may be news of its own.
  await laptop.groups.send(request("1"));
  await untilPending(1);
  await phone.groups.send(request("2"));
  await untilPending(2);

  stop.abort();
  while (!(await next).done) next = news.next();
  expect((await news.next()).done).toBe(true);
});

test("a group that is joined while following is followed as well", async () => {
  const world = new World();
  const phone = await world.installation();
  const laptop = await world.installation();
  const news = laptop.groups.follow(new AbortController().signal);
  await news.next();

  let next = news.next();
  await phone.groups.ensure({ graceMs: 0 });
  await next;
  expect(await laptop.store.groups()).toHaveLength(1);

  next = news.next();
  await phone.groups.send(request("1"));
  while (!(await heardSoFar(laptop.groups)).includes("1")) {
    expect((await next).done).toBe(false);
    next = news.next();
  }
  await laptop.groups.close();
  expect((await next).done).toBe(true);
});

test("a broken connection is taken up again, and nothing is missed", async () => {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");
  const news = phone.groups.follow(new AbortController().signal);
  await news.next();

  const next = news.next();
  const sleeping = sleepBegins(world);
  world.node.disconnect();
  await sleeping;
  await laptop.groups.send(request("while away"));
  world.clock.advance(1_000);
  expect((await next).done).toBe(false);
  expect(await heard(phone.groups)).toEqual(["while away"]);
  await phone.groups.close();
});

test("follow syncs again when a sync fails with a retryable error", async () => {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");
  await laptop.groups.send(request("before"));
  world.node.fault = (call) => (call === "query" ? "refused" : undefined);
  const sleeping = sleepBegins(world);
  const next = phone.groups.follow(new AbortController().signal).next();
  await sleeping;
  world.node.fault = () => undefined;
  world.clock.advance(1_000);
  expect((await next).done).toBe(false);
  expect(await heard(phone.groups)).toEqual(["before"]);
  await phone.groups.close();
});

test("follow throws when the delivery service lets a subscription end", async () => {
  const world = new World();
  const news = followNews({
    sync: async () => {},
    positions: () => [],
    topicsChanged: () => new AbortController().signal,
    ended: new AbortController().signal,
    deliveryService: Object.assign(Object.create(world.node), {
      async *subscribe() {},
    }),
    clock: world.clock,
    log: silent,
  });
  await expect(news.next()).rejects.toMatchObject({
    code: "subscription-ended",
    retryable: false,
  });
});

test("one bad message never stops the loop", async () => {
  const world = new World();
  const [phone, laptop] = await together(world, 2);
  if (!phone || !laptop) throw new RangeError("two are together");
  const news = phone.groups.follow(new AbortController().signal);
  await news.next();
  const [group] = await phone.store.groups();
  if (!group) throw new RangeError("there is a group");

  const next = news.next();
  await world.node.sendGroupMessage(group.id, new Uint8Array(50));
  expect((await next).done).toBe(false);
  const after = news.next();
  await laptop.groups.send(request("still here"));
  expect((await after).done).toBe(false);
  expect(await heard(phone.groups)).toEqual(["still here"]);
  await phone.groups.close();
});

async function heardSoFar(
  groups: Parameters<typeof heard>[0],
): Promise<readonly string[]> {
  const pending = await groups.pending();
  return pending.map(({ content }) =>
    content.case === "request" ? content.value.pin : "",
  );
}

/** Resolves when the next sleep by the world's clock has begun. */
function sleepBegins({ clock }: World): Promise<void> {
  const { sleep } = clock;
  return new Promise((resolve) => {
    clock.sleep = (ms, signal) => {
      clock.sleep = sleep;
      const sleeping = sleep.call(clock, ms, signal);
      resolve();
      return sleeping;
    };
  });
}
