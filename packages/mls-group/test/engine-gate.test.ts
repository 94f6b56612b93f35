import { expect, test } from "vitest";
import { openCiphersuite } from "#ciphersuite";
import { openTsMlsEngine } from "../src/engine/ts-mls-engine.js";
import { everybody } from "./actors.js";
import {
  addAtTime,
  groupOfSize,
  joinAfterRefill,
  judge,
  refuseTwoAdds,
  refuseTwoUpdates,
  shapes,
  type Tree,
} from "./engine-gate.js";

/** Nightly runs set SLOW=1: every size, and every member as the committer. A browser's cryptography takes longer. */
const slow = globalThis.process?.env.SLOW === "1";
const some = globalThis.process ? [2, 3, 5, 8] : [2, 5];
const sizes = slow ? [2, 3, 4, 5, 6, 7, 8] : some;
const trees: readonly Tree[] = ["cold", "warm"];

const suite = await openCiphersuite();
const engine = await openTsMlsEngine(everybody, suite);

test.each(trees.flatMap((tree) => sizes.map((size) => ({ tree, size }))))(
  "every commit is followed in a $tree group of $size",
  async ({ tree, size }) => {
    const members = await groupOfSize(engine, size, tree);
    const ids = [...members.keys()];
    for (const [i, shape] of shapes.entries()) {
      if ((shape.remove ?? 0) >= size) continue;
      for (const [at, committer] of ids.entries()) {
        if (!slow && at !== i % size) continue;
        const outcome = judge(shape, members, committer, engine, suite);
        await expect(
          outcome,
          `${shape.name} by ${at}`,
        ).resolves.toBeUndefined();
      }
    }
  },
);

test.each([5, 7])(
  "an installation joins a group of %i after a slot was refilled and another member renewed its keys",
  async (size) => {
    await joinAfterRefill(engine, size);
  },
);

test.each([3_600n, 4_000_000_000n])(
  "a member is added at Unix second %i, whatever the system's time is",
  async (clock) => {
    await addAtTime(engine, clock);
  },
);

test("a commit with two Adds that the receiver refuses leaves no unhandled rejection", async () => {
  // Vitest fails the run for one.
  await refuseTwoAdds(engine, suite);
});

test("a commit of two Updates with invalid signatures leaves no unhandled rejection", async () => {
  await refuseTwoUpdates(engine, suite);
});
