import { equalBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { MemberCheck } from "../src/engine/checks/member-check.js";
import { StateCodec } from "../src/engine/state.js";
import { TreeCache } from "../src/engine/tree-cache.js";
import { openTsMlsEngine } from "../src/engine/ts-mls-engine.js";
import { everybody } from "./actors.js";
import { groupOfSize } from "./engine-gate.js";

const engine = await openTsMlsEngine(everybody);

/** The tree of a new group of two, encoded. */
async function treeBytes(): Promise<Uint8Array> {
  const members = await groupOfSize(engine, 2, "warm");
  const [state] = members.values();
  if (!state) throw new RangeError("expected a member");
  const check = new MemberCheck(everybody);
  return new StateCodec().with(state, check, async ({ ratchetTree }) =>
    new TreeCache().encode(ratchetTree).slice(),
  );
}

test("TreeCache decodes a tree once, and not as a view of the given bytes", async () => {
  const bytes = await treeBytes();
  const copy = bytes.slice();
  const cache = new TreeCache();
  const tree = cache.decode(copy) ?? [];
  copy.fill(0);
  expect(cache.decode(bytes)).toBe(tree);
  expect(cache.encode(tree)).toEqual(bytes);
  expect(equalBytes(new TreeCache().encode([...tree]), bytes)).toBe(true);
});

test("TreeCache returns frozen trees", async () => {
  const tree = new TreeCache().decode(await treeBytes()) ?? [];
  expect(() => tree.push(undefined)).toThrow(TypeError);
  expect(() => Object.assign(tree[0] ?? {}, { leaf: {} })).toThrow(TypeError);
});

test("the cache keeps the last eight of many trees", async () => {
  const cache = new TreeCache();
  const all: Uint8Array[] = [];
  for (let i = 0; i < 9; i++) all.push(await treeBytes());
  const [first, second] = all.map((bytes) => cache.decode(bytes));
  const [a = new Uint8Array(), b = new Uint8Array()] = all;
  expect(cache.decode(b)).toBe(second);
  const again = cache.decode(a);
  expect(again).toEqual(first);
  expect(again).not.toBe(first);
});

test("bytes that are no tree give none", async () => {
  const bytes = await treeBytes();
  const cache = new TreeCache();
  expect(cache.decode(bytes.subarray(1))).toBeUndefined();
  expect(cache.decode(new Uint8Array())).toBeUndefined();
});
