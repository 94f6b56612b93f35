import { equalBytes, type InstallationId } from "@history-sync/primitives";
import { MemberCheck } from "../src/engine/checks/member-check.js";
import { messageOf } from "../src/engine/codec.js";
import { intendedProposals } from "../src/engine/commit-intent.js";
import type { Commit, Engine } from "../src/engine/engine.js";
import { leaves } from "../src/engine/leaves.js";
import { StateCodec } from "../src/engine/state.js";
import {
  type CiphersuiteImpl,
  type ClientState,
  createCommit,
  encodeMlsMessage,
} from "../src/engine/ts-mls.js";
import { openTsMlsEngine } from "../src/engine/ts-mls-engine.js";
import { unseal } from "../src/engine/unseal.js";
import type { EngineState, Extension } from "../src/index.js";
import { everybody, membership, text } from "./actors.js";
import {
  after,
  type Change,
  changed,
  committed,
  founded,
  founderOf,
  type Members,
  newcomer,
  newcomers,
  newLeaf,
  stateOf,
} from "./engine-group.js";

/** A commit's changes of a group with the extensions `[membership(0)]`. */
export interface Shape {
  readonly name: string;
  readonly add?: number;
  readonly remove?: number;
  readonly extensions?: readonly Extension[];
  /** In the opposite of the order in which this project makes them. */
  readonly reversed?: true;
  /** True if RFC 9420 section 12.4 wants an update path. */
  readonly path: boolean;
}

const extensions = [membership(1)];

export const shapes: readonly Shape[] = [
  { name: "empty", path: true },
  { name: "add 1", add: 1, path: false },
  { name: "add 3", add: 3, path: false },
  { name: "remove 1", remove: 1, path: true },
  { name: "remove 2", remove: 2, path: true },
  { name: "add, remove", add: 1, remove: 1, path: true },
  { name: "remove, add", add: 1, remove: 1, reversed: true, path: true },
  { name: "add 3, remove 2", add: 3, remove: 2, path: true },
  { name: "extensions", extensions, path: true },
  { name: "add, extensions", add: 1, extensions, path: true },
  { name: "remove, extensions", remove: 1, extensions, path: true },
  {
    name: "extensions, remove, add",
    add: 1,
    remove: 1,
    extensions,
    reversed: true,
    path: true,
  },
  { name: "no extensions any more", extensions: [], path: true },
];

/** Cold: all were added at once. Warm: each has committed since. */
export type Tree = "cold" | "warm";

export async function groupOfSize(
  engine: Engine,
  size: number,
  tree: Tree,
): Promise<Members> {
  const alone = await founded(engine, [membership(0)]);
  const add = await newcomers(engine, size - 1);
  let members = await changed(engine, alone, founderOf(alone), { add });
  if (tree === "warm") {
    for (const id of [...members.keys()].reverse()) {
      members = await changed(engine, members, id);
    }
  }
  return members;
}

/** One commit of a member, and all that must hold after it; throws at the first thing that doesn't. */
export async function judge(
  shape: Shape,
  members: Members,
  committer: InstallationId,
  engine: Engine,
  suite: CiphersuiteImpl,
): Promise<void> {
  const others = [...members.keys()].filter((id) => id !== committer);
  const remove = others.slice(others.length - (shape.remove ?? 0));
  const add = await newcomers(engine, shape.add ?? 0);
  const change = { add, remove, extensions: shape.extensions };
  const state = stateOf(members, committer);
  const commit = shape.reversed
    ? await reversed(engine, suite, state, change)
    : await committed(engine, state, change);
  const [witness] = others;
  if (witness !== undefined) {
    const path = await hasPath(stateOf(members, witness), commit, suite);
    expectThat(path === shape.path, `${path ? "a" : "no"} path`);
  }
  const next = await after(engine, members, committer, change, commit);
  const extensions = shape.extensions ?? [membership(0)];
  await expectAgreement(engine, next, extensions);
  const joiners = add.map(({ id }) => id);
  await expectHeard(engine, next, [
    committer,
    ...joiners,
    ...others.slice(0, 1),
  ]);
  for (const id of remove) {
    await expectOut(engine, stateOf(members, id), commit);
  }
  const last = [...next.keys()].at(-1) ?? committer;
  await expectAgreement(engine, await changed(engine, next, last), extensions);
}

/**
 * A removed member's slot is refilled, and another member renews its keys, so that the one in the slot is still unmerged
 * at some of the nodes above it and no longer at others: a valid tree, that a joiner must take.
 */
export async function joinAfterRefill(
  engine: Engine,
  size: number,
): Promise<void> {
  const warm = await groupOfSize(engine, size, "warm");
  const ids = [...warm.keys()];
  const [first, third, last] = [ids[0], ids[2], ids.at(-1)];
  if (!first || !third || !last) throw new RangeError("expected three");
  let members = await changed(engine, warm, first, { remove: [third] });
  const refill = await newcomers(engine, 1);
  members = await changed(engine, members, first, { add: refill });
  members = await changed(engine, members, last);
  const add = await newcomers(engine, 1);
  members = await changed(engine, members, first, { add });
  expectThat(members.size === size + 1, `${members.size} members`);
  const [joiner = first] = add.map(({ id }) => id);
  await expectAgreement(engine, await changed(engine, members, joiner), [
    membership(0),
  ]);
}

/** Adds a member with a key package of another time than the system's: the time is the caller's. */
export async function addAtTime(engine: Engine, clock: bigint): Promise<void> {
  const members = await groupOfSize(engine, 2, "cold");
  const [founder] = members.keys();
  if (!founder) throw new RangeError("expected a founder");
  const add = [await newcomer(engine, newLeaf(clock))];
  const after = await changed(engine, members, founder, { add });
  await expectAgreement(engine, after, [membership(0)]);
}

/**
 * Two members are added whom the receiver refuses, both at once. The receiver keeps its state, and no rejection is left
 * that nothing handles: Node.js would end the process for it.
 */
export async function refuseTwoAdds(
  engine: Engine,
  suite: CiphersuiteImpl,
): Promise<void> {
  const members = await groupOfSize(engine, 2, "cold");
  const [founder, receiver] = members.keys();
  if (!founder || !receiver) throw new RangeError("expected two");
  const add = await newcomers(engine, 2);
  const commit = await committed(engine, stateOf(members, founder), { add });
  const strict = await openTsMlsEngine({ validate: async () => false }, suite);
  const read = await strict.process(stateOf(members, receiver), commit.message);
  expectThat(read.kind === "refused-commit", read.kind);
}

/**
 * Two Updates of other members are committed whose signatures are invalid. The engine refuses the first one, and no
 * rejection is left that nothing handles.
 */
export async function refuseTwoUpdates(
  engine: Engine,
  suite: CiphersuiteImpl,
): Promise<void> {
  const members = await groupOfSize(engine, 3, "cold");
  const state = stateOf(members, founderOf(members));
  const check = new MemberCheck(everybody);
  const failure = await new StateCodec().with(state, check, (opened) =>
    createCommit({ state: withUpdates(opened), cipherSuite: suite }, {}).then(
      () => undefined,
      (error: Error) => error,
    ),
  );
  expectThat(
    failure?.name === "CryptoVerificationError",
    failure?.name ?? "a commit",
  );
}

/** The state with an Update of each other member, which isn't signed as one. */
function withUpdates(state: ClientState): ClientState {
  const updates = leaves(state)
    .slice(1)
    .map(({ leaf, leafIndex }) => {
      const leafNode = { ...leaf, leafNodeSource: "update" } as const;
      const proposal = {
        proposalType: "update",
        update: { leafNode },
      } as const;
      // The engine finds a stored proposal by its reference in Base64.
      return [
        `AAA${leafIndex}`,
        { proposal, senderLeafIndex: leafIndex },
      ] as const;
    });
  return { ...state, unappliedProposals: Object.fromEntries(updates) };
}

async function expectAgreement(
  engine: Engine,
  members: Members,
  wanted: readonly Extension[],
): Promise<void> {
  const states = [...members.values()];
  const views = await Promise.all(states.map((state) => engine.view(state)));
  const [first] = views;
  for (const view of views) {
    expectThat(view.members.length === members.size, "other members");
    expectThat(view.extensions.length === wanted.length, "other extensions");
    const isCommon =
      first !== undefined &&
      equalBytes(view.epochAuthenticator, first.epochAuthenticator);
    expectThat(isCommon, "a fork");
  }
}

/** Checks that every speaker that is still a member is read by all others. */
async function expectHeard(
  engine: Engine,
  members: Members,
  speakers: readonly InstallationId[],
): Promise<void> {
  for (const speaker of speakers.filter((id) => members.has(id))) {
    const own = stateOf(members, speaker);
    const { message } = await engine.protect(own, text(speaker));
    for (const [id, state] of members) {
      if (id === speaker) continue;
      const read = await engine.process(state, message);
      const isRead =
        read.kind === "application" && read.sender.installationId === speaker;
      expectThat(isRead, "a message that isn't read");
    }
  }
}

/** The removed member learns that it is, and neither from before nor from then on reads what comes after. */
async function expectOut(
  engine: Engine,
  state: EngineState,
  commit: Commit,
): Promise<void> {
  const processed = await engine.process(state, commit.message);
  if (processed.kind !== "commit") throw new RangeError(processed.kind);
  const { active } = await engine.view(processed.state);
  expectThat(!active, "a removed member that is active");
  const { message } = await engine.protect(commit.nextState, text("alone"));
  for (const left of [state, processed.state]) {
    const read = await engine.process(left, message).catch(() => undefined);
    expectThat(read === undefined, "a removed member that reads on");
  }
}

function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new RangeError(`got ${otherwise}`);
}

async function hasPath(
  state: EngineState,
  { message }: Commit,
  suite: CiphersuiteImpl,
): Promise<boolean> {
  const decoded = messageOf(message);
  if (decoded?.wireformat !== "mls_private_message") return false;
  const sealed = decoded.privateMessage;
  return new StateCodec().with(
    state,
    new MemberCheck(everybody),
    async (opened, past) => {
      const { content } = await unseal(sealed, opened, past, suite);
      return (
        content.contentType === "commit" && content.commit.path !== undefined
      );
    },
  );
}

async function reversed(
  engine: Engine,
  suite: CiphersuiteImpl,
  state: EngineState,
  { add = [], remove = [], extensions }: Change,
): Promise<Commit> {
  const packages = await Promise.all(
    add.map(({ keyPackage }) => engine.readKeyPackage(keyPackage.bytes)),
  );
  const intent = { add: packages, remove, extensions };
  return new StateCodec().with(
    state,
    new MemberCheck(everybody),
    async (opened, past) => {
      const { newState, commit, welcome } = await createCommit(
        { state: opened, cipherSuite: suite },
        {
          extraProposals: intendedProposals(intent, opened).reverse(),
          ratchetTreeExtension: true,
        },
      );
      return {
        message: encodeMlsMessage(commit),
        nextState: new StateCodec().encode(newState, past),
        welcome:
          welcome &&
          encodeMlsMessage({
            version: "mls10",
            wireformat: "mls_welcome",
            welcome,
          }),
      };
    },
  );
}
