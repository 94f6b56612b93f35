import { expect, test } from "vitest";
import { nextOf } from "./support/stage.js";
import { tinyBytes, tinyGroup, tinyKey } from "./support/tiny.js";
import { inStage, World } from "./support/world.js";

test("consent and the HMAC key are the same on both installations", async () => {
  await using world = await World.open();
  const a = await world.start("a");
  await a.client.importArchive(await tinyBytes(), tinyKey, "past");
  const b = await world.start("b");
  const imported = inStage(b.client, "imported");
  await a.client.syncAllDeviceSyncGroups();
  await imported;

  const key = await a.client.preferences.hmacKey();
  expect(key).toHaveLength(42);
  expect(await b.client.preferences.hmacKey()).toEqual(key);

  const state = (name: typeof a) =>
    name.client.preferences.getConsentState("conversation", tinyGroup);
  expect(await state(b)).toBe("allowed");
  const told = b.client.preferences.streamConsent();
  for (const [from, to, next] of [
    [a, b, "denied"],
    [b, a, "allowed"],
    [b, a, "unknown"],
  ] as const) {
    const decision = { entityType: "conversation", entity: tinyGroup } as const;
    await from.client.preferences.setConsentStates([
      { ...decision, state: next },
    ]);
    await to.client.syncAllDeviceSyncGroups();
    expect([await state(from), await state(to)]).toEqual([next, next]);
    expect(await nextOf(told)).toEqual([{ ...decision, state: next }]);
  }
});
