import { groupIdOf, systemRandomBytes } from "@history-sync/primitives";
import type { Engine, NewKeyPackage, NewLeaf } from "../dist/engine/engine.js";
import type { DurableState } from "./durable-state.ts";

const now = BigInt(Math.floor(Date.now() / 1000));
const text = new TextEncoder().encode(
  "a message of one hundred bytes".padEnd(100, "."),
);

interface Newcomer {
  readonly leaf: NewLeaf;
  readonly keyPackage: NewKeyPackage;
}

/** Milliseconds of processor time for one of each, messages by such a second, and the bytes of a state. */
export interface Figures {
  readonly keyPackageMs: number;
  readonly createMs: number;
  readonly addAllMs: number;
  readonly addOneMs: number;
  readonly joinMs: number;
  readonly commitMs: number;
  readonly processMs: number;
  readonly sentPerSecond: number;
  readonly receivedPerSecond: number;
  readonly stateBytes: number;
  readonly welcomeBytes: number;
}

function newLeaf(): NewLeaf {
  return {
    signatureKey: systemRandomBytes(32),
    credential: new TextEncoder().encode("alix"),
    notBefore: now - 3_600n,
    notAfter: now + 7_257_600n,
  };
}

async function newcomer(engine: Engine): Promise<Newcomer> {
  const leaf = newLeaf();
  return { leaf, keyPackage: await engine.createKeyPackage(leaf, []) };
}

function joined(
  engine: Engine,
  { leaf, keyPackage }: Newcomer,
  welcome: Uint8Array,
) {
  const record = { ...keyPackage, createdAtNs: 0n, published: true };
  return engine.joinGroup(welcome, record, leaf.signatureKey);
}

/** Processor time of all threads: what else the machine does meanwhile changes little in it. */
async function timed<Result>(
  work: () => Promise<Result>,
): Promise<readonly [number, Result]> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  return [(user + system) / 1000, result];
}

/** A group of so many members, seen by its founder and one other, whose states are durable after each step. */
export async function measureGroup(
  engine: Engine,
  members: number,
  messages: number,
  founderStore: DurableState,
  otherStore: DurableState,
): Promise<Figures> {
  const newcomers: Newcomer[] = [];
  const [keyPackagesMs] = await timed(async () => {
    for (let i = 1; i < members; i++) newcomers.push(await newcomer(engine));
  });
  const [createMs] = await timed(async () => {
    const id = groupIdOf(systemRandomBytes(16));
    founderStore.save(await engine.createGroup(id, newLeaf(), []));
  });
  const [addAllMs, added] = await timed(async () => {
    const add = await Promise.all(
      newcomers.map(({ keyPackage }) =>
        engine.readKeyPackage(keyPackage.bytes),
      ),
    );
    const commit = await engine.createCommit(founderStore.load(), {
      add,
      remove: [],
    });
    founderStore.save(commit.nextState);
    return commit;
  });
  const welcome = added.welcome ?? new Uint8Array();
  const [other] = newcomers;
  if (!other) throw new RangeError("expected two members");
  const [joinMs] = await timed(async () =>
    otherStore.save(await joined(engine, other, welcome)),
  );
  const [commitMs, commit] = await timed(async () => {
    const made = await engine.createCommit(founderStore.load(), {
      add: [],
      remove: [],
    });
    founderStore.save(made.nextState);
    return made;
  });
  const [processMs] = await timed(async () => {
    const processed = await engine.process(otherStore.load(), commit.message);
    if (processed.kind !== "commit") throw new RangeError(processed.kind);
    otherStore.save(processed.state);
  });
  const sent: Uint8Array[] = [];
  const [sendMs] = await timed(async () => {
    for (let i = 0; i < messages; i++) {
      const { state, message } = await engine.protect(
        founderStore.load(),
        text,
      );
      founderStore.save(state);
      sent.push(message);
    }
  });
  const [receiveMs] = await timed(async () => {
    for (const message of sent) {
      const read = await engine.process(otherStore.load(), message);
      if (read.kind !== "application") throw new RangeError(read.kind);
      otherStore.save(read.state);
    }
  });
  const late = await newcomer(engine);
  const [addOneMs] = await timed(async () => {
    const add = [await engine.readKeyPackage(late.keyPackage.bytes)];
    await engine.createCommit(founderStore.load(), { add, remove: [] });
  });
  return {
    keyPackageMs: keyPackagesMs / newcomers.length,
    createMs,
    addAllMs,
    addOneMs,
    joinMs,
    commitMs,
    processMs,
    sentPerSecond: (1000 * messages) / sendMs,
    receivedPerSecond: (1000 * messages) / receiveMs,
    stateBytes: otherStore.load().bytes.length,
    welcomeBytes: welcome.length,
  };
}
