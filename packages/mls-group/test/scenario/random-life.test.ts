import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import type { GroupStateChanges, GroupStateStore } from "../../src/index.js";
import { MemoryGroupStateStore } from "../../src/memory/index.js";
import {
  type Actor,
  groupOf,
  heard,
  membership,
  text,
  World,
} from "../actors.js";

/** Chances out of 256. */
const networkFault = 12;
const storeFault = 6;

/** A store that a process dies at: before a transaction, or right after it. */
class CrashingStore extends MemoryGroupStateStore {
  chance: () => number = () => 255;

  override async commit(changes: GroupStateChanges): Promise<void> {
    const chance = this.chance();
    if (chance < storeFault) throw new DOMException("crash", "AbortError");
    await super.commit(changes);
    if (chance < 2 * storeFault) throw new DOMException("crash", "AbortError");
  }
}

test.each([1, 2, 3])(
  "random life %i: whoever crashes wherever, no message is lost or doubled and nobody forks",
  async (seed) => {
    const random = unsafeSeededBytes(seed);
    const next = () => random(1)[0] ?? 0;
    const world = new World();
    const stores = [0, 1, 2].map(() => new CrashingStore());
    const actors: Actor[] = [];
    for (const store of stores) actors.push(await world.actor({ store }));
    const [first, ...others] = actors;
    if (!first) throw new RangeError("there are three");
    const guest = await world.actor();
    const { id } = await groupOf(first, ...others);
    const sent = new Set<string>();
    const unsure = new Set<string>();

    const restart = async (i: number, store: GroupStateStore) => {
      for (;;) {
        try {
          actors[i] = await world.actor({ store });
          return;
        } catch {
          // It dies again while it starts.
        }
      }
    };
    const act = async (i: number, step: number) => {
      const store = stores[i];
      const group = actors[i]?.installation.group(id);
      if (!group || !store) throw new RangeError(`no actor ${i}`);
      const name = `${step}/${i}`;
      try {
        const choice = next() % 8;
        if (choice < 5) {
          unsure.add(name);
          await group.send(text(name), { id: name });
          unsure.delete(name);
          sent.add(name);
        } else if (choice === 5) {
          await group.changeMembers({ extensions: [membership(step)] });
        } else if (choice === 6) {
          await group.changeMembers({ add: [guest.installation.id] });
        } else {
          await group.changeMembers({ remove: [guest.installation.id] });
        }
      } catch {
        await restart(i, store);
      }
    };

    world.node.fault = () => {
      const chance = next();
      if (chance < networkFault) return "refused";
      return chance < 2 * networkFault ? "answer-lost" : undefined;
    };
    for (const store of stores) store.chance = next;
    for (let step = 0; step < 30; step++) {
      const i = next() % 3;
      await Promise.all([act(i, step), act((i + 1) % 3, step)]);
    }
    world.node.fault = () => undefined;
    for (const store of stores) store.chance = () => 255;
    for (const [i, store] of stores.entries()) await restart(i, store);

    const groups = actors.flatMap(({ installation }) => installation.groups());
    for (const group of groups) await group.sync();
    const [story = [], ...same] = await Promise.all(groups.map(heard));
    for (const other of same) expect(other).toEqual(story);
    expect(new Set(story).size).toBe(story.length);
    for (const name of sent) expect(story).toContain(name);
    for (const name of story) {
      expect(sent.has(name) || unsure.has(name)).toBe(true);
    }
    const epochs = groups.map(({ epoch }) => epoch);
    expect(new Set(epochs).size).toBe(1);
    expect(epochs[0]).toBeGreaterThan(2n);
    expect(sent.size).toBeGreaterThan(5);
  },
);
