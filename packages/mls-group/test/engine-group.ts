import {
  groupIdOf,
  type InstallationId,
  systemRandomBytes,
} from "@history-sync/primitives";
import type {
  Commit,
  Engine,
  NewKeyPackage,
  NewLeaf,
} from "../src/engine/engine.js";
import type { EngineState, Extension } from "../src/index.js";
import { text } from "./actors.js";

const now = BigInt(Math.floor(Date.now() / 1000));

/** Returns the leaf of a new installation, by a clock that may differ from the system's, in Unix seconds. */
export function newLeaf(clock: bigint = now): NewLeaf {
  return {
    signatureKey: systemRandomBytes(32),
    credential: text("alix"),
    notBefore: clock - 3_600n,
    notAfter: clock + 7_257_600n,
  };
}

/** An installation that can be added to a group. */
export interface Newcomer {
  readonly id: InstallationId;
  readonly leaf: NewLeaf;
  readonly keyPackage: NewKeyPackage;
}

export async function newcomer(
  engine: Engine,
  leaf: NewLeaf = newLeaf(),
): Promise<Newcomer> {
  const id = engine.installationId(leaf.signatureKey);
  return { id, leaf, keyPackage: await engine.createKeyPackage(leaf, []) };
}

export function newcomers(engine: Engine, count: number): Promise<Newcomer[]> {
  return Promise.all(Array.from({ length: count }, () => newcomer(engine)));
}

export interface Change {
  readonly add?: readonly Newcomer[];
  readonly remove?: readonly InstallationId[];
  readonly extensions?: readonly Extension[] | undefined;
}

export async function committed(
  engine: Engine,
  state: EngineState,
  { add = [], remove = [], extensions }: Change = {},
): Promise<Commit> {
  const packages = await Promise.all(
    add.map(({ keyPackage }) => engine.readKeyPackage(keyPackage.bytes)),
  );
  return engine.createCommit(state, { add: packages, remove, extensions });
}

export async function joined(
  engine: Engine,
  { leaf, keyPackage }: Newcomer,
  { welcome = new Uint8Array() }: Commit,
): Promise<EngineState> {
  const record = { ...keyPackage, createdAtNs: 0n, published: true };
  const { state } = await engine.joinGroup(welcome, record, leaf.signatureKey);
  return state;
}

/** Returns the state after another member's commit. */
export async function followed(
  engine: Engine,
  state: EngineState,
  { message }: Commit,
): Promise<EngineState> {
  const processed = await engine.process(state, message);
  if (processed.kind === "commit") return processed.state;
  throw new RangeError(`expected a commit that counts, got ${processed.kind}`);
}

/** Each member's own state. States are values: any number of stories can start from the same members. */
export type Members = ReadonlyMap<InstallationId, EngineState>;

export async function founded(
  engine: Engine,
  extensions: readonly Extension[] = [],
): Promise<Members> {
  const leaf = newLeaf();
  const groupId = groupIdOf(systemRandomBytes(16));
  const state = await engine.createGroup(groupId, leaf, extensions);
  return new Map([[engine.installationId(leaf.signatureKey), state]]);
}

export function founderOf(members: Members): InstallationId {
  const [founder] = members.keys();
  if (founder === undefined) throw new RangeError("expected members");
  return founder;
}

export function stateOf(members: Members, id: InstallationId): EngineState {
  const state = members.get(id);
  if (state) return state;
  throw new RangeError(`${id} is no member`);
}

/** A commit of one of the members, and everybody who is in the group after it. */
export async function changed(
  engine: Engine,
  members: Members,
  committer: InstallationId,
  change: Change = {},
): Promise<Members> {
  const state = stateOf(members, committer);
  const commit = await committed(engine, state, change);
  return after(engine, members, committer, change, commit);
}

/** Everybody who is in the group after the commit, which they all follow. */
export async function after(
  engine: Engine,
  members: Members,
  committer: InstallationId,
  { add = [], remove = [] }: Change,
  commit: Commit,
): Promise<Members> {
  const next = new Map([[committer, commit.nextState]]);
  for (const [id, state] of members) {
    if (id === committer || remove.includes(id)) continue;
    next.set(id, await followed(engine, state, commit));
  }
  for (const one of add) next.set(one.id, await joined(engine, one, commit));
  return next;
}
