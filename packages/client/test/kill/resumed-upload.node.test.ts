import { toHex } from "@history-sync/primitives";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Installation } from "../support/stage.js";
import type { Point } from "./kill-switch.js";
import { expectNothingLost } from "./nothing-lost.js";
import { Scene, Scenery } from "./scene.js";

let scenery: Scenery;
beforeAll(async () => {
  scenery = await Scenery.open();
});
afterAll(() => scenery.close());

const spooled = "after keeping stage preparing, begun and spooled";
// All requests' headers, and what was on its way to the server when the process died; far less than an archive.
const besidesBytes = 1_000_000;

/** Where it is killed, and the bytes that the server has by then, at least. */
const points: readonly (Point & { readonly had: number })[] = [
  { name: spooled, nth: 1, had: 0 },
  { name: "a piece is on the server", nth: 1, after: spooled, had: 8_000_000 },
  { name: "before keeping stage uploaded", nth: 1, had: 9_000_000 },
];

test.each(points)(
  "the same archive's upload resumes after the responder is killed $name",
  async (point) => {
    const user = `resumed-${points.indexOf(point)}`;
    await using scene = await Scene.open(scenery, user, "large");
    let laptop: Installation | undefined;
    const where = await scene.killed("phone", point, async () => {
      laptop = await scene.start("laptop");
    });
    expect(where).toBe(point.name);
    const { archive, bytes } = await scene.spooled("phone");
    expect(await scene.receivedBytes()).toBeGreaterThanOrEqual(point.had);

    laptop ??= await scene.start("laptop");
    const key = keyGivenTo(laptop);
    const phone = await scene.start("phone");
    await expectNothingLost(phone, laptop, scene, "at once");
    expect(await key).toBe(toHex(archive.key));
    expect(await scene.receivedBytes()).toBeLessThan(bytes + besidesBytes);
  },
);

/** The key of the archive that the requester imports. */
async function keyGivenTo({ client }: Installation): Promise<string> {
  for await (const update of client.history.updates()) {
    if (update.type !== "stage") continue;
    const { stage } = update.request;
    if (stage.name === "importing") return toHex(stage.archive.key);
  }
  throw new TypeError("expected a reply, got a closed client");
}
