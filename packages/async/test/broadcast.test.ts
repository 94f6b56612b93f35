import fc from "fast-check";
import { expect, test } from "vitest";
import { Broadcast } from "../src/index.js";
import { flush } from "./deferred.js";

const overflowError = (capacity: number) =>
  new Error(`more than ${capacity} unread`);

async function readAll<Item>(items: AsyncIterable<Item>) {
  const read: Item[] = [];
  try {
    for await (const item of items) read.push(item);
    return { read, error: undefined };
  } catch (error) {
    return { read, error: (error as Error).message };
  }
}

test("Broadcast gives every subscriber all items in order, or the overflow error after those before it", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constant("read" as const), fc.nat(9)), {
        maxLength: 30,
      }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, capacity) => {
        const broadcast = new Broadcast<number>({ capacity, overflowError });
        const subscription = broadcast.subscribe();
        const published: number[] = [];
        const reads: Promise<unknown>[] = [];
        const read: number[] = [];
        let unread = 0;
        let overflowed = false;
        for (const step of steps) {
          if (step === "read") {
            unread--;
            if (overflowed && unread < 0) break;
            reads.push(
              subscription.next().then(({ done, value }) => {
                if (!done) read.push(value);
              }),
            );
          } else if (!overflowed) {
            overflowed = unread >= capacity;
            if (!overflowed) {
              unread++;
              published.push(step);
            }
            broadcast.publish(step);
          }
        }
        broadcast.close();
        await Promise.all(reads);
        const rest = await readAll(subscription);
        expect([...read, ...rest.read]).toEqual(published);
        expect(rest.error).toBe(
          overflowed ? `more than ${capacity} unread` : undefined,
        );
        expect(broadcast.subscribers).toBe(0);
      },
    ),
  ));

test("Broadcast with supersedes drops only items that a later one supersedes", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ key: fc.constantFrom("a", "b", "final"), n: fc.nat() }),
        { maxLength: 40 },
      ),
      fc.integer({ min: 1, max: 6 }),
      async (items, capacity) => {
        type Item = (typeof items)[number];
        const supersedes = (older: Item, newer: Item) =>
          older.key === newer.key && older.key !== "final";
        const broadcast = new Broadcast({
          capacity,
          overflowError,
          supersedes,
        });
        const subscription = broadcast.subscribe();
        let taken = 0;
        for (const item of items) {
          broadcast.publish(item);
          if (broadcast.subscribers > 0) taken++;
        }
        broadcast.close();
        const { read, error } = await readAll(subscription);
        const accepted = items.slice(0, taken);
        expect(error === undefined).toBe(taken === items.length);
        expect(read.length).toBeLessThanOrEqual(capacity);
        // The items read are in order, and every other item has a later one of its key.
        let at = 0;
        for (const item of accepted) {
          if (read[at] === item) at++;
          else {
            expect(item.key).not.toBe("final");
            expect(
              read.slice(at).some((later) => supersedes(item, later)),
            ).toBe(true);
          }
        }
        expect(at).toBe(read.length);
      },
    ),
  ));

test("Broadcast keeps superseded items as long as there is room", async () => {
  const broadcast = new Broadcast<string>({
    capacity: 3,
    overflowError,
    supersedes: (older, newer) => older !== "x" && newer !== "x",
  });
  const subscription = broadcast.subscribe();
  for (const item of ["1", "x", "2"]) broadcast.publish(item);
  // `x` supersedes none, but 2 supersedes 1.
  broadcast.publish("x");
  broadcast.publish("3");
  broadcast.close();
  expect((await readAll(subscription)).read).toEqual(["x", "x", "3"]);
});

test("Broadcast counts from the call of subscribe, for what the filter accepts", async () => {
  const broadcast = new Broadcast<number>({ capacity: 5, overflowError });
  broadcast.publish(1);
  const even = broadcast.subscribe({ filter: (n) => n % 2 === 0 });
  for (const n of [2, 3, 4]) broadcast.publish(n);
  broadcast.close();
  expect((await readAll(even)).read).toEqual([2, 4]);
});

test("Broadcast answers several calls of next in their order", async () => {
  const broadcast = new Broadcast<number>({ capacity: 1, overflowError });
  const subscription = broadcast.subscribe();
  const reads = [subscription.next(), subscription.next(), subscription.next()];
  broadcast.publish(1);
  broadcast.publish(2);
  broadcast.close(new Error("lost"));
  const results = await Promise.allSettled(reads);
  expect(results).toMatchObject([
    { value: { done: false, value: 1 } },
    { value: { done: false, value: 2 } },
    { reason: new Error("lost") },
  ]);
  expect(await subscription.next()).toMatchObject({ done: true });
});

test("A subscription ends by its signal, by leaving the loop or by close, and says so once", async () => {
  const broadcast = new Broadcast<number | undefined>({
    capacity: 5,
    overflowError,
  });
  let ends = 0;
  const onEnd = () => ends++;
  const abort = new AbortController();
  const aborted = broadcast.subscribe({ signal: abort.signal, onEnd });
  const left = broadcast.subscribe({ onEnd });
  const closed = broadcast.subscribe({ onEnd });
  broadcast.publish(undefined);
  broadcast.publish(2);
  abort.abort();
  expect(ends).toBe(1);
  broadcast.publish(3);
  expect(await readAll(aborted)).toEqual({
    read: [undefined, 2],
    error: undefined,
  });
  for await (const item of left) {
    expect(item).toBe(undefined);
    break;
  }
  expect(ends).toBe(2);
  expect(await left.next()).toEqual({ done: true, value: undefined });
  broadcast.close();
  broadcast.publish(4);
  expect((await readAll(closed)).read).toEqual([undefined, 2, 3]);
  expect(ends).toBe(3);
  const tooLate = broadcast.subscribe({ onEnd });
  expect(await tooLate.next()).toMatchObject({ done: true });
  const refused = broadcast.subscribe({ signal: abort.signal, onEnd });
  expect(await refused.next()).toMatchObject({ done: true });
  expect(ends).toBe(5);
});

test("A pending read ends when the subscription does", async () => {
  const broadcast = new Broadcast<number>({ capacity: 1, overflowError });
  const abort = new AbortController();
  const subscription = broadcast.subscribe({ signal: abort.signal });
  const reading = subscription.next();
  await flush();
  abort.abort(new Error("ends without an error"));
  expect(await reading).toEqual({ done: true, value: undefined });
  const error = new Error("gone");
  broadcast.close(error);
  await expect(broadcast.subscribe().next()).rejects.toBe(error);
});
