import { expect, test } from "vitest";
import type { SyncUpdate } from "../src/index.js";
import { start, together, withHistory } from "./pair.js";
import {
  Disk,
  type Installation,
  next,
  seenBy,
  settle,
  World,
} from "./world.js";

const ask = { policy: "ask" } as const;
const isApproval = (update: SyncUpdate) => update.type === "approval";

async function asked(world: World) {
  const alice = await withHistory(world, 3, ask);
  const phone = await start(world);
  await together(alice, phone);
  const approval = next(alice.worker, isApproval);
  const { pin } = await phone.worker.request({ days: 7 });
  await settle(alice, phone);
  return { alice, phone, pin, approval: await approval };
}

function idOf(installation: Installation, pin: string): Promise<string> {
  return seenBy(installation, pin).then((request) => request?.id ?? "none");
}

test("the user is asked, with words that both sides show, and says yes", async () => {
  await using world = new World();
  const { alice, phone, pin, approval } = await asked(world);
  expect(world.server.uploads).toBe(0);
  if (approval.type !== "approval") throw new TypeError("an approval");
  expect(approval.requester).toBe(phone.syncGroups.installationId);
  expect(approval.options.startNs).toBeGreaterThan(0n);
  expect(approval.comparisonWords).toHaveLength(6);
  const shown = await phone.worker.comparisonWords(await idOf(phone, pin));
  expect(shown).toEqual([
    {
      installation: alice.syncGroups.installationId,
      words: approval.comparisonWords,
    },
  ]);
  expect((await seenBy(phone, pin))?.acknowledgements).toMatchObject([
    { awaitingApproval: true },
  ]);

  await alice.worker.approve(approval.requestId);
  await settle(alice, phone);
  expect((await seenBy(phone, pin))?.stage.name).toBe("receipted");
  expect(phone.disk.history.messages).toBe(3);
  await expect(alice.worker.approve(approval.requestId)).rejects.toMatchObject({
    code: "wrong-stage",
  });
});

test("a decline by the user is final for all installations", async () => {
  await using world = new World();
  const tablet = await withHistory(world, 3, ask);
  const alice = await withHistory(world, 3, ask);
  const phone = await start(world);
  await together(tablet, alice, phone);
  const { pin } = await phone.worker.request();
  await settle(tablet, alice, phone);
  const id = await idOf(alice, pin);
  await expect(alice.worker.decline(id, "x".repeat(201))).rejects.toMatchObject(
    { code: "too-long" },
  );
  const message = "Not on a borrowed phone";
  await alice.worker.decline(id, message);
  await settle(alice, tablet, phone);
  const by = alice.syncGroups.installationId;
  for (const installation of [phone, tablet, alice]) {
    const { stage } = (await seenBy(installation, pin)) ?? {};
    expect(stage).toEqual({
      name: "declined",
      reason: "user",
      by,
      message,
      notified: true,
    });
  }
  await expect(
    tablet.worker.approve(await idOf(tablet, pin)),
  ).rejects.toMatchObject({ code: "wrong-stage" });
  expect(world.server.uploads).toBe(0);
});

test("an installation whose policy is never declines, and another one responds", async () => {
  await using world = new World();
  const alice = await withHistory(world, 3, { policy: "never" });
  const phone = await start(world);
  await together(alice, phone);
  const { pin } = await phone.worker.request();
  await settle(alice, phone);
  expect((await seenBy(phone, pin))?.stage).toMatchObject({
    name: "declined",
    reason: "policy",
  });

  const tablet = await withHistory(world, 3);
  await together(alice, tablet, phone);
  const again = await phone.worker.request();
  await settle(alice, tablet, phone);
  expect((await seenBy(phone, again.pin))?.stage.name).toBe("receipted");
  expect((await seenBy(alice, again.pin))?.stage.name).toBe("receipted");
});

test("a request waits for the user over a restart", async () => {
  await using world = new World();
  const { alice, phone, pin } = await asked(world);
  await alice.worker.close();
  await alice.syncGroups.close();
  const back = await world.start(alice.disk, ask);
  await settle(back, phone);
  expect((await seenBy(back, pin))?.stage.name).toBe("awaiting-approval");
  await back.worker.approve(await idOf(back, pin));
  await settle(back, phone);
  expect(phone.disk.history.messages).toBe(3);
});

test("a decision about nothing is refused", async () => {
  await using world = new World();
  const alice = await start(world, new Disk());
  await expect(alice.worker.approve("received:x")).rejects.toMatchObject({
    code: "unknown-request",
  });
});
