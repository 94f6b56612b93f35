import { groupId, toHex } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { openTsMlsEngine } from "../src/engine/ts-mls-engine.js";
import { MlsGroupError } from "../src/errors.js";
import { everybody, membership, text } from "./actors.js";
import { newLeaf } from "./engine-group.js";

const id = groupId("0123456789abcdef0123456789abcdef");
async function pair() {
  const engine = await openTsMlsEngine(everybody);
  const bob = newLeaf();
  const made = await engine.createKeyPackage(bob, []);
  const alone = await engine.createGroup(id, newLeaf(), [membership(1)]);
  const add = [await engine.readKeyPackage(made.bytes)];
  const commit = await engine.createCommit(alone, { add, remove: [] });
  const welcome = commit.welcome ?? new Uint8Array();
  const keyPackage = { ...made, createdAtNs: 0n, published: true };
  const join = async (bytes: Uint8Array) =>
    (await engine.joinGroup(bytes, keyPackage, bob.signatureKey)).state;
  return { engine, alice: commit.nextState, join, welcome, keyPackage };
}

test("a key package bears XMTP's parameters, byte for byte", async () => {
  const engine = await openTsMlsEngine(everybody);
  const alix = newLeaf();
  const { bytes, initKey } = await engine.createKeyPackage(alix, [
    { type: 1, data: Uint8Array.of(2, 0x61, 0x62) },
  ]);
  const hex = toHex(bytes);
  // mls10, suite 3, init key
  expect(hex.startsWith(`0001000320${toHex(initKey)}20`)).toBe(true);
  // basic credential; versions, suites, extensions, proposals, credentials; source key_package
  expect(hex).toContain(
    `${engine.installationId(alix.signatureKey)}000104616c69780200010200030e000a0001ff02ff00ff01ff03f000020007020001` +
      "01",
  );
  // lifetime; the leaf's application_id
  const seconds = (at: bigint) => at.toString(16).padStart(16, "0");
  expect(hex).toContain(
    `${seconds(alix.notBefore)}${seconds(alix.notAfter)}06000103026162`,
  );
  // last_resort, empty; the signature
  expect(hex.slice(-2 * (1 + 3 + 1 + 64) - 2)).toMatch(/^03000a0040/);
});

test("commits and messages are PrivateMessages without padding", async () => {
  const { engine, alice } = await pair();
  const { message } = await engine.protect(alice, text("hi"));
  const { message: longer } = await engine.protect(alice, text("hiho"));
  expect(toHex(message)).toMatch(
    /^0001000210[0-9a-f]{32}000000000000000101001c/,
  );
  expect(longer.length - message.length).toBe(2);
  const { message: commit } = await engine.createCommit(alice, {
    add: [],
    remove: [],
    extensions: [],
  });
  expect(toHex(commit)).toMatch(
    /^0001000210[0-9a-f]{32}000000000000000103001c/,
  );
});

test("a sender may be hundreds of messages ahead", async () => {
  const { engine, alice, join, welcome } = await pair();
  const bob = await join(welcome);
  let state = alice;
  let last: Uint8Array = new Uint8Array();
  for (let i = 0; i < 300; i++) {
    const sent = await engine.protect(state, text("."));
    state = sent.state;
    last = sent.message;
  }
  expect(await engine.process(bob, last)).toMatchObject({
    kind: "application",
    plaintext: text("."),
  });
});

test("messages of the last three epochs are read, older ones not", async () => {
  const { engine, alice, join, welcome } = await pair();
  const { message } = await engine.protect(alice, text("old"));
  let state = alice;
  let bob = await join(welcome);
  for (let epoch = 0; epoch < 4; epoch++) {
    const commit = await engine.createCommit(state, {
      add: [],
      remove: [],
      extensions: [membership(epoch)],
    });
    state = commit.nextState;
    const processed = await engine.process(bob, commit.message);
    if (processed.kind === "commit") bob = processed.state;
    const read = engine.process(bob, message);
    if (epoch < 3) expect(await read).toMatchObject({ kind: "application" });
    else await expect(read).rejects.toMatchObject({ code: "epoch-too-old" });
  }
});

test("a state of another engine or version is refused", async () => {
  const { engine, alice } = await pair();
  for (const state of [
    { ...alice, engine: "other" },
    { ...alice, version: 1 },
    { ...alice, bytes: alice.bytes.slice(0, 10) },
    { ...alice, bytes: new Uint8Array() },
  ]) {
    await expect(engine.protect(state, text("x"))).rejects.toBeInstanceOf(
      MlsGroupError,
    );
  }
});

test("broken bytes give typed errors, never others", async () => {
  const { engine, alice, join, welcome, keyPackage } = await pair();
  const bob = await join(welcome);
  const { message } = await engine.protect(alice, text("hello"));
  const { message: commit } = await engine.createCommit(alice, {
    add: [],
    remove: [],
  });
  const random = unsafeSeededBytes(7);
  const decoders: readonly [Uint8Array, (b: Uint8Array) => Promise<unknown>][] =
    [
      [message, (bytes) => engine.process(bob, bytes)],
      [commit, (bytes) => engine.process(bob, bytes)],
      [keyPackage.bytes, (bytes) => engine.readKeyPackage(bytes)],
      [welcome, join],
    ];
  for (const [good, decode] of decoders) {
    await decode(good);
    const bad: Uint8Array[] = [new Uint8Array(), random(good.length)];
    for (let i = 0; i < 12; i++) {
      const at = Math.floor((i * good.length) / 12);
      bad.push(good.slice(0, at), flipped(good, at, i));
    }
    bad.push(Uint8Array.of(...good, 0));
    for (const bytes of bad) {
      const outcome = await decode(bytes).catch((error: unknown) => error);
      // An epoch that a flipped bit made older belongs to a race that is over.
      if (isLate(outcome)) continue;
      expect(outcome).toBeInstanceOf(MlsGroupError);
    }
  }
});

function isLate(outcome: unknown): boolean {
  return (outcome as { kind?: unknown }).kind === "late-commit";
}

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}

test.each([
  ["ts-mls-1.6", 99],
  ["another-engine", 3],
])("a state of %s version %i is refused by its name", async (name, version) => {
  const { engine, alice } = await pair();
  const foreign = { ...alice, engine: name, version };
  const before = foreign.bytes.slice();
  await expect(engine.protect(foreign, text("hi"))).rejects.toThrow(
    `[unsupported-state] expected a state of ${alice.engine} version ${alice.version}, got ${name} version ${version}`,
  );
  await expect(engine.view(foreign)).rejects.toMatchObject({
    code: "unsupported-state",
  });
  expect(foreign.bytes).toEqual(before);
});
