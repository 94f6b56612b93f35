import { rmSync } from "node:fs";
import { afterAll, expect, test, vi } from "vitest";
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
} from "./engine-gate.js";
import { founderOf } from "./engine-group.js";

const folder = vi.hoisted(() => ({ path: "" }));

vi.mock("../src/engine/ts-mls.js", async (original) => {
  const { unpatchedTsMls } = await import("./unpatched-ts-mls.js");
  const { mkdtempSync } = await import("node:fs");
  const mended = await original<Record<string, unknown>>();
  // Inside of the package's own node_modules, so that the copy finds what it imports.
  const base = new URL("../node_modules/", import.meta.url).pathname;
  folder.path = mkdtempSync(`${base}.unpatched-`);
  const unpatched = unpatchedTsMls(folder.path);
  const modules = await Promise.all(
    ["clientState", "createCommit", "processMessages"].map(
      (name) => import(/* @vite-ignore */ `${unpatched}/dist/src/${name}.js`),
    ),
  );
  return Object.assign({ ...mended }, ...modules);
});

afterAll(() => rmSync(folder.path, { recursive: true, force: true }));

test("the gate finds the faults of the engine as it is published", async () => {
  const suite = await openCiphersuite();
  const engine = await openTsMlsEngine(everybody, suite);
  const members = await groupOfSize(engine, 5, "warm");
  const faults: Record<string, string> = {};
  for (const shape of shapes) {
    await judge(shape, members, founderOf(members), engine, suite).catch(
      (error: Error) => {
        faults[shape.name] = error.message;
      },
    );
  }
  const noPath = "got no path";
  // One member can't decrypt its part of the path, or a removed one finds another member in its slot.
  const notFollowed = expect.stringContaining("refused-commit");
  expect(faults).toEqual({
    extensions: noPath,
    "add, extensions": noPath,
    "no extensions any more": noPath,
    "remove, extensions": notFollowed,
    "extensions, remove, add": notFollowed,
    "add, remove": notFollowed,
    "remove, add": notFollowed,
    "add 3, remove 2": notFollowed,
  });
  await expect(joinAfterRefill(engine, 5)).rejects.toMatchObject({
    code: "invalid-welcome",
  });
  await expect(addAtTime(engine, 3_600n)).rejects.toThrow("Lifetime");
  expect(
    await unhandledDuring(() => refuseTwoAdds(engine, suite)),
  ).toMatchObject([{ name: "ValidationError" }]);
  expect(
    await unhandledDuring(() => refuseTwoUpdates(engine, suite)),
  ).toMatchObject([{ name: "CryptoVerificationError" }]);
});

/** The rejections that nothing handled while the work ran; vitest doesn't see them. */
async function unhandledDuring(
  work: () => Promise<void>,
): Promise<readonly unknown[]> {
  const vitests = process.listeners("unhandledRejection");
  const unhandled: unknown[] = [];
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => unhandled.push(reason));
  try {
    await work();
    // Node.js looks for them after the microtasks.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of vitests) process.on("unhandledRejection", listener);
  }
  return unhandled;
}
