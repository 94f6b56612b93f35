import { expect, test } from "vitest";
import { stream } from "../../src/work/events.js";

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const read: Item[] = [];
  for await (const item of items) read.push(item);
  return read;
}

test("a subscriber gets items from its call until its signal, and those queued then", async () => {
  const broadcast = stream<number>();
  broadcast.publish(1);
  const stop = new AbortController();
  const ends: string[] = [];
  const watched = broadcast.subscribe({
    signal: stop.signal,
    filter: (n) => n % 2 === 0,
    onEnd: () => ends.push("end"),
  });
  for (const n of [2, 3, 4]) broadcast.publish(n);
  stop.abort();
  stop.abort();
  broadcast.publish(6);
  expect(await all(watched)).toEqual([2, 4]);
  expect(ends).toEqual(["end"]);
});

test("leaving a loop ends the subscription", async () => {
  const broadcast = stream<number>();
  const watched = broadcast.subscribe();
  broadcast.publish(1);
  broadcast.publish(2);
  for await (const _ of watched) break;
  broadcast.publish(3);
  expect(await all(watched)).toEqual([]);
});

test("a subscriber that doesn't read gets an error after its queued items", async () => {
  const broadcast = stream<number>();
  const watched = broadcast.subscribe();
  for (let n = 0; n <= 10_000; n++) broadcast.publish(n);
  const read: number[] = [];
  await expect(async () => {
    for await (const n of watched) read.push(n);
  }).rejects.toMatchObject({ code: "stream-overflow" });
  expect(read).toHaveLength(10_000);
});
