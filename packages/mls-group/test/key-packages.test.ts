import { silent, systemRandomBytes } from "@history-sync/primitives";
import { expect, test, vi } from "vitest";
import { openTsMlsEngine } from "../src/engine/ts-mls-engine.js";
import { fetchKeyPackages } from "../src/joining/member-key-packages.js";
import { MemoryGroupStateStore } from "../src/memory/index.js";
import { everybody, groupOf, heard, sideOf, text, World } from "./actors.js";

const dayMs = 24 * 60 * 60 * 1000;
const hour = 3_600n;

async function fixture() {
  const world = new World();
  const engine = await openTsMlsEngine(everybody);
  const signatureKey = systemRandomBytes(32);
  const id = engine.installationId(signatureKey);
  const context = {
    deliveryService: world.node,
    store: new MemoryGroupStateStore(),
    authentication: everybody,
    clock: world.clock,
    randomBytes: systemRandomBytes,
    log: silent,
    engine,
    keyUpdateIntervalMs: Number.POSITIVE_INFINITY,
  };
  const now = BigInt(Math.floor(world.clock.nowMs() / 1000));
  const leaf = {
    signatureKey,
    credential: text("alix"),
    notBefore: now - hour,
    notAfter: now + 84n * 24n * hour,
  };
  const fetch = (required = { extensions: [0xff01], proposals: [7] }) =>
    fetchKeyPackages([id], required, context, undefined);
  const upload = async (
    part: Partial<typeof leaf>,
    ...extensions: { type: number; data: Uint8Array }[]
  ) => {
    const { bytes } = await engine.createKeyPackage(
      { ...leaf, ...part },
      [],
      extensions,
    );
    await world.node.uploadKeyPackage(id, bytes);
  };
  return { world, id, leaf, now, fetch, upload };
}

test("a key package of ours can be used in a group of XMTP's", async () => {
  const { id, fetch, upload } = await fixture();
  await upload({});
  const [usable] = await fetch();
  expect(usable?.installationId).toBe(id);
  expect(usable?.welcomeKey.algorithm).toBe(1);
  expect(usable?.welcomeKey.publicKey).toEqual(usable?.initKey);
});

test("a lifetime longer than XMTP's is refused, and one that isn't now", async () => {
  const { now, leaf, fetch, upload } = await fixture();
  for (const part of [
    { notAfter: leaf.notAfter + 1n },
    { notBefore: now + 1n },
    { notAfter: now - 1n },
    { notBefore: 0n, notAfter: 2n ** 64n - 1n },
  ]) {
    await upload(part);
    expect(await fetch()).toEqual([]);
  }
});

test("a leaf without the group's required capabilities is refused", async () => {
  const { fetch, upload } = await fixture();
  await upload({});
  expect(await fetch({ extensions: [0xff77], proposals: [] })).toEqual([]);
  expect(await fetch({ extensions: [], proposals: [8] })).toEqual([]);
  expect(await fetch({ extensions: [1, 5], proposals: [7] })).toHaveLength(1);
});

test("a leaf that doesn't support its key package's extensions is refused", async () => {
  const { fetch, upload } = await fixture();
  await upload({}, { type: 0xff88, data: new Uint8Array() });
  expect(await fetch()).toEqual([]);
});

test.each([
  { why: "no message", data: Uint8Array.of(0xff) },
  { why: "an X-Wing key too short", data: Uint8Array.of(10, 1, 7, 16, 2) },
])("a key for Welcomes that is $why is refused", async ({ data }) => {
  const { fetch, upload } = await fixture();
  await upload({}, { type: 0xff03, data });
  expect(await fetch()).toEqual([]);
});

test("a Welcome is encrypted to the init key when the requested algorithm is unknown", async () => {
  const { fetch, upload } = await fixture();
  await upload({}, { type: 0xff03, data: Uint8Array.of(10, 1, 7, 16, 9) });
  expect((await fetch())[0]?.welcomeKey.algorithm).toBe(1);
});

test("Welcomes to an installation of ours are wrapped with X-Wing", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  await groupOf(phone, laptop);
  const topic = {
    kind: "welcomes",
    installationId: laptop.installation.id,
  } as const;
  const [entry] = (await world.node.query(topic, 0n)).entries;
  expect(entry?.welcome?.wrapperAlgorithm).toBe(2);
  expect(entry?.welcome?.hpkePublicKey).toHaveLength(1_216);
  expect(entry?.welcome?.metadata).toHaveLength(18);
});

test("5 s after a Welcome the key package is another; a day later the old keys are gone", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const { id } = laptop.installation;
  await groupOf(phone, laptop);
  const published = async () => (await world.node.fetchKeyPackages([id]))[0];
  const first = await published();
  world.clock.advance(4_999);
  await laptop.installation.syncWelcomes();
  expect(await published()).toEqual(first);
  world.clock.advance(1);
  await laptop.installation.syncWelcomes();
  expect(await published()).not.toEqual(first);
  world.clock.advance(dayMs - 1);
  await laptop.installation.syncWelcomes();
  expect(await laptop.store.keyPackages()).toHaveLength(2);
  world.clock.advance(1);
  await laptop.installation.syncWelcomes();
  const left = await laptop.store.keyPackages();
  expect(left.map(({ bytes }) => bytes)).toEqual([await published()]);
});

test("several Welcomes bring one renewal, and the old key package still lets in", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const add = [laptop.installation.id];
  await groupOf(phone, laptop);
  const second = await phone.installation.createGroup({ extensions: [] });
  const kept = await world.node.fetchKeyPackages(add);
  world.clock.advance(4_000);
  await second.changeMembers({ add });
  await laptop.installation.syncWelcomes();
  world.clock.advance(1_000);
  await laptop.installation.syncWelcomes();
  const renewed = await world.node.fetchKeyPackages(add);
  expect(renewed).not.toEqual(kept);

  // A member that fetched the first one before uses it after.
  const fetch = world.node.fetchKeyPackages.bind(world.node);
  world.node.fetchKeyPackages = async () => kept;
  const third = await phone.installation.createGroup({ extensions: [] });
  await third.changeMembers({ add });
  world.node.fetchKeyPackages = fetch;
  world.clock.advance(5_000);
  expect(await laptop.installation.syncWelcomes()).toHaveLength(1);
  expect(await fetch(add)).toEqual(renewed);
  await third.send(text("hello"));
  expect(await heard(sideOf(laptop, third))).toEqual(["hello"]);
});

test("a running installation renews its key package by itself", async () => {
  const world = new World();
  const [phone, laptop] = [await world.actor(), await world.actor()];
  const { id } = laptop.installation;
  const published = async () => (await world.node.fetchKeyPackages([id]))[0];
  const stop = new AbortController();
  const running = laptop.installation.keepKeyPackageFresh(stop.signal);
  const first = await published();
  await groupOf(phone, laptop);
  world.node.fault = (call) =>
    call === "uploadKeyPackage" ? "refused" : undefined;
  await vi.waitFor(async () => {
    world.clock.advance(5_000);
    expect(await laptop.store.keyPackages()).toHaveLength(2);
  });
  expect(await published()).toEqual(first);
  world.node.fault = () => undefined;
  await vi.waitFor(async () => {
    world.clock.advance(60_000);
    expect(await published()).not.toEqual(first);
  });
  stop.abort();
  await running;
});
