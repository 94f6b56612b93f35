import { expect, test } from "vitest";
import { membership } from "./actors.js";
import { type Name, names, Stage } from "./kill-stage.js";
import { keysOf, Process } from "./mortal.js";

interface Story {
  readonly name: string;
  readonly victim: Name;
  /** The part of the story before, in which no process dies. */
  readonly before: (stage: Stage) => Promise<void>;
  /** The victim's part, from the start again after it died. */
  readonly act: (stage: Stage) => Promise<void>;
  /** Comes in between when the victim sends something to the group for the first time. */
  readonly between?: (stage: Stage) => Promise<void>;
}

async function openAll(stage: Stage): Promise<void> {
  for (const name of names) await stage.open(name);
}

async function found(stage: Stage, ...others: readonly Name[]): Promise<void> {
  const phone = stage.the("phone");
  const [known] = phone.groups();
  const group = known ?? (await phone.createGroup({ extensions: [] }));
  const add = others.map((name) => stage.the(name).id);
  await group.changeMembers({ add, extensions: [membership(1)] });
}

async function change(stage: Stage, name: Name, byte: number): Promise<void> {
  const group = await stage.group(name);
  await group.changeMembers({ extensions: [membership(byte)] });
}

const stories: readonly Story[] = [
  {
    name: "it founds a group of two and speaks",
    victim: "phone",
    before: (stage) => stage.open("laptop"),
    act: async (stage) => {
      await found(stage, "laptop");
      await stage.say("phone", "hello");
      await stage.say("phone", "and again");
    },
  },
  {
    name: "it removes one, adds another and changes the extensions, all at once",
    victim: "phone",
    before: async (stage) => {
      await openAll(stage);
      await found(stage, "laptop");
      await stage.say("laptop", "I am out soon");
    },
    act: async (stage) => {
      const group = await stage.group("phone");
      await group.changeMembers({
        remove: [stage.the("laptop").id],
        add: [stage.the("tablet").id],
        extensions: [membership(2)],
      });
      await stage.say("phone", "hello tablet");
    },
  },
  {
    name: "it loses a race of commits, and commits anew",
    victim: "phone",
    before: async (stage) => {
      await openAll(stage);
      await found(stage, "laptop", "tablet");
      await stage.say("laptop", "ready");
    },
    act: async (stage) => {
      await change(stage, "phone", 3);
      await stage.say("phone", "done");
    },
    between: async (stage) => {
      await change(stage, "laptop", 2);
      await stage.say("laptop", "I was first");
    },
  },
  {
    name: "it joins, catches up and answers",
    victim: "tablet",
    before: async (stage) => {
      await openAll(stage);
      await found(stage, "laptop", "tablet");
      await stage.say("phone", "one");
      await change(stage, "laptop", 4);
      await stage.say("laptop", "two");
    },
    act: (stage) => stage.say("tablet", "here I am"),
  },
];

/** Plays a story in which the victim dies at a moment, restarts and resumes. */
async function told({ victim, before, act, between }: Story, diesAt?: number) {
  const stage = new Stage();
  await before(stage);
  let interlude = between;
  const node = new Proxy(stage.node, {
    get:
      (target, name) =>
      async (...args: unknown[]) => {
        const next = name === "sendGroupMessage" ? interlude : undefined;
        if (next) interlude = undefined;
        await next?.(stage);
        return Reflect.get(target, name).apply(target, args);
      },
  });
  const process = new Process((moment) => moment === diesAt);
  const survived = await stage
    .open(victim, node, process)
    .then(() => act(stage))
    .then(
      () => true,
      () => false,
    );
  const { moments } = process;
  if (!survived) {
    await stage.open(victim, node);
    await act(stage);
  }
  const ending = await stage.end();
  const keys = await keysOf(stage.published.values(), stage.states);
  return { moments, survived, stage, ending, keys };
}

test.each(stories)(
  "wherever an installation dies, all ends well: $name",
  { timeout: 300_000 },
  async (story) => {
    const plain = await told(story);
    expect(plain.survived).toBe(true);
    expect(plain.moments).toBeGreaterThan(20);
    for (let moment = 1; moment <= plain.moments; moment++) {
      const { survived, stage, ending, keys } = await told(story, moment);
      const when = `death at moment ${moment} of ${plain.moments}`;
      expect(survived, when).toBe(false);
      expect(ending, when).toEqual(plain.ending);
      expect(await stage.forks(), when).toBe(1);
      expect(new Set(keys).size, when).toBe(keys.length);
    }
  },
);
