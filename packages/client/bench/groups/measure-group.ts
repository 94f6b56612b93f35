import {
  extensionTypes,
  type GroupStateStore,
  type MlsGroup,
} from "@history-sync/mls-group";
import { type Actor, extras, openActor, openNode } from "./actor.ts";
import { type Cost, timed } from "./cost.ts";

const text = new TextEncoder().encode(
  "a message of one hundred bytes".padEnd(100, "."),
);
// The store has the Welcome once for each installation that a commit adds, with the whole tree in it.
const addedAtOnce = 100;

/** The cost of each step: all work of an installation for it, its store included, but not the node's. */
export interface GroupFigures {
  /** A group of one. */
  readonly create: Cost;
  /** From one member to all, at most 100 in a commit. */
  readonly addAll: Cost;
  readonly join: Cost;
  /** A commit that changes the extensions, until it counts. */
  readonly commit: Cost;
  /** Another member takes it in. */
  readonly takeCommit: Cost;
  /** One message of 100 bytes, until it is back and handled. */
  readonly send: Cost;
  /** One message of another member, received with the others and handled. */
  readonly receive: Cost;
  /** So many are added to the group of that size, in one commit. */
  readonly add: Readonly<Record<1 | 10 | 100, Cost>>;
  /** MLS state of who joined, before anything happened. */
  readonly joinedStateBytes: number;
  /** The same after some commits, with the trees of the last epochs. */
  readonly stateBytes: number;
}

const commits = 5;

/** A group of so many members, on the stores of its founder and of one who joins. */
export async function measureGroup(
  members: number,
  messages: number,
  founderStore: GroupStateStore,
  joinerStore: GroupStateStore,
): Promise<GroupFigures> {
  const node = openNode();
  const founder = await openActor(founderStore, node);
  const joiner = await openActor(joinerStore, node);
  const others = await extras(members - 2, node);
  const [create, group] = await timed(1, () =>
    founder.installation.createGroup({ extensions: [extension(0)] }),
  );
  const [addAll] = await timed(1, async () => {
    for (let at = 0; at < others.length; at += addedAtOnce) {
      await group.changeMembers({ add: others.slice(at, at + addedAtOnce) });
    }
    await group.changeMembers({ add: [joiner.installation.id] });
  });
  const [join] = await timed(1, () => joiner.installation.syncWelcomes());
  const joined = sideOf(joiner, group);
  const joinedStateBytes = await stateBytesOf(joiner, group);
  const [commit] = await timed(commits, async () => {
    for (let i = 1; i <= commits; i++) {
      await group.changeMembers({ extensions: [extension(i)] });
    }
  });
  const [takeCommit] = await timed(commits, () => joined.sync());
  const stateBytes = await stateBytesOf(joiner, group);
  const [send] = await timed(messages, async () => {
    for (let i = 0; i < messages; i++) {
      await group.send(text);
      await group.markHandled(await group.received());
    }
  });
  const [receive] = await timed(messages, async () => {
    await joined.sync();
    const received = await joined.received();
    if (received.length !== messages) {
      throw new RangeError(
        `expected ${messages} messages, got ${received.length}`,
      );
    }
    await joined.markHandled(received);
  });
  const adding = async (count: number) => {
    const add = await extras(count, node);
    const [cost] = await timed(1, () => group.changeMembers({ add }));
    return cost;
  };
  const add = {
    1: await adding(1),
    10: await adding(10),
    100: await adding(100),
  };
  return {
    create,
    addAll,
    join,
    commit,
    takeCommit,
    send,
    receive,
    add,
    joinedStateBytes,
    stateBytes,
  };
}

function extension(byte: number) {
  return { type: extensionTypes.membership, data: Uint8Array.of(byte) };
}

function sideOf({ installation }: Actor, { id }: MlsGroup): MlsGroup {
  const group = installation.group(id);
  if (!group) throw new RangeError("expected the group that was joined");
  return group;
}

async function stateBytesOf(
  { store }: Actor,
  { id }: MlsGroup,
): Promise<number> {
  return (await store.group(id))?.state.bytes.length ?? 0;
}
