import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import type { Delivered, DeliveryService, Topic } from "../src/index.js";
import { membership } from "./actors.js";
import { Stage } from "./kill-stage.js";

/** A node that shows any of a topic's earlier entries again after each entry, as if it were new. */
function replaying(node: DeliveryService, seed: number): DeliveryService {
  const random = unsafeSeededBytes(seed);
  const choices = new Map<bigint, number>();
  const choiceAfter = (id: bigint) => {
    const known = choices.get(id) ?? random(1)[0] ?? 0;
    choices.set(id, known);
    return known;
  };
  const query = async (topic: Topic, afterId: bigint) => {
    const shown: Delivered[] = [];
    const { entries } = await node.query(topic, 0n);
    for (const [i, entry] of entries.entries()) {
      shown.push({ ...entry, id: 2n * entry.id });
      const again = entries[choiceAfter(entry.id) % (i + 1)] ?? entry;
      shown.push({ ...again, id: 2n * entry.id + 1n });
    }
    return { entries: shown.filter(({ id }) => id > afterId), more: false };
  };
  return new Proxy(node, {
    get: (target, name) =>
      name === "query" ? query : Reflect.get(target, name).bind(target),
  });
}

test.each([1, 2, 3, 4])(
  "nothing is lost, doubled or undone when the node replays entries (seed %i)",
  async (seed) => {
    const stage = new Stage();
    const node = replaying(stage.node, seed);
    for (const name of ["phone", "laptop", "tablet"] as const) {
      await stage.open(name, node);
    }
    const [phone, laptop, tablet] = [
      stage.the("phone"),
      stage.the("laptop"),
      stage.the("tablet"),
    ];
    const group = await phone.createGroup({ extensions: [] });
    await group.changeMembers({ add: [laptop.id] });
    const words: string[] = [];
    for (let round = 0; round < 6; round++) {
      for (const name of ["phone", "laptop"] as const) {
        words.push(`${round} by ${name}`);
        await stage.say(name, `${round} by ${name}`);
      }
      const atLaptop = await stage.group("laptop");
      // The phone's commit is pending while it receives the laptop's message.
      await Promise.all([
        group.changeMembers({ extensions: [membership(round)] }),
        stage.say("laptop", `${round} meanwhile`),
      ]);
      words.push(`${round} meanwhile`);
      if (round === 2) await atLaptop.changeMembers({ add: [tablet.id] });
    }
    const ending = await stage.end();
    expect(await stage.forks()).toBe(1);
    expect(ending.phone?.heard.toSorted()).toEqual(words.toSorted());
    expect(ending.laptop?.heard).toEqual(ending.phone?.heard);
    const { heard = [] } = ending.tablet ?? {};
    expect(heard).toEqual(ending.phone?.heard.slice(-heard.length));
    expect(heard.length).toBeGreaterThanOrEqual(9);
    expect(ending.phone?.unsent).toBe(0);
  },
);
