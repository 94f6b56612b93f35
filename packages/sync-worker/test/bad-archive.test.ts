import { expect, test } from "vitest";
import { start, together, withHistory } from "./pair.js";
import { settle, World } from "./world.js";

/** Alice's next archives are damaged on their way, so many of them; the phone asks. */
async function askedFor(world: World, damaged: number) {
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  const { server } = world;
  const { download } = server;
  let left = damaged;
  server.download = (url, options) => {
    const blob = server.blobs.get(url);
    if (blob && left-- > 0)
      server.blobs.set(
        url,
        blob.map((byte) => byte ^ 1),
      );
    return download.call(server, url, options);
  };
  await phone.worker.request();
  for (let round = 0; round < 4; round++) await settle(alice, phone);
  return { alice, phone };
}

test("an archive that is no good is asked for again", async () => {
  await using world = new World();
  const { phone } = await askedFor(world, 1);
  const requests = await phone.worker.requests();
  expect(requests).toMatchObject([
    { stage: { name: "failed", reason: "unknown-format" } },
    { stage: { name: "receipted" }, replaces: requests[0]?.id, attempt: 2 },
  ]);
  expect(phone.disk.history.messages).toBe(3);
});

test("a few times, not for ever", async () => {
  await using world = new World();
  const { phone } = await askedFor(world, Number.POSITIVE_INFINITY);
  const stage = { name: "failed", reason: "unknown-format" } as const;
  expect((await phone.worker.requests()).map((one) => one.stage)).toEqual([
    stage,
    stage,
    stage,
  ]);
  expect(world.server.uploads).toBe(3);
  expect(phone.disk.history.messages).toBe(0);
});

test("an archive that this installation can't store isn't requested again", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const phone = await start(world);
  await together(alice, phone);
  phone.disk.history.mergePage = () =>
    Promise.reject(new TypeError("no space left on device"));
  await phone.worker.request();
  for (let round = 0; round < 2; round++) await settle(alice, phone);
  expect(await phone.worker.requests()).toMatchObject([
    { stage: { name: "failed", reason: "unexpected" } },
  ]);
  expect(world.server.uploads).toBe(1);
});
