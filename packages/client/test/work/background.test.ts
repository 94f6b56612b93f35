import { expect, test } from "vitest";
import { Background } from "../../src/work/background.js";

test("work that fails is logged and ends nothing", async () => {
  const events: unknown[] = [];
  const background = new Background((event, fields) =>
    events.push([event, fields]),
  );
  background.run("one", async () => {
    throw new TypeError("no");
  });
  await background.settled();
  expect(events).toEqual([
    ["client.background-failed", { name: "one", code: "unexpected" }],
  ]);
});

test("calls during work of the same name make it run once more, after it", async () => {
  const background = new Background(() => {});
  let running = 0;
  let runs = 0;
  const work = async () => {
    running += 1;
    runs += 1;
    expect(running).toBe(1);
    await Promise.resolve();
    if (runs === 1) for (let i = 0; i < 3; i++) background.again("work", work);
    running -= 1;
  };
  background.again("work", work);
  await background.settled();
  expect(runs).toBe(2);
  background.again("work", work);
  await background.settled();
  expect(runs).toBe(3);
});
