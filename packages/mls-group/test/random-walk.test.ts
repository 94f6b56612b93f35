import type { GroupId } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { openTsMlsEngine } from "../src/engine/ts-mls-engine.js";
import type { DeliveryService, MlsGroup } from "../src/index.js";
import { MemoryDeliveryService } from "../src/memory/index.js";
import { everybody, membership } from "./actors.js";
import { clock, keysOf, overheard } from "./mortal.js";
import { type Common, doubled, Life, tick } from "./random-walk.js";

const { process } = globalThis;
const slow = process?.env.SLOW === "1";
/** Nightly runs set SLOW=1; browsers, whose cryptography takes longer, do as many steps as show that it works there. */
const steps = slow ? 200_000 : process ? 10_000 : 300;
/** `SEED=7` walks the same way again. */
const seed = Number(process?.env.SEED ?? Date.now() % 1_000_000);

const random = unsafeSeededBytes(seed);
/** True once in so many times. */
const once = (times: number) => below(times) === 0;

function below(limit: number): number {
  const [a = 0, b = 0] = random(2);
  return (256 * a + b) % limit;
}

function pick<Item>(items: readonly Item[]): Item {
  const item = items[below(items.length)];
  if (item === undefined) throw new RangeError("expected something to pick");
  return item;
}

/** A node that fails, loses answers, and puts some messages in order only long after their sender gave up. */
class ShakyNode {
  isShaky = false;
  readonly port: DeliveryService;
  readonly #node: MemoryDeliveryService = new MemoryDeliveryService(clock);
  readonly #late: (() => Promise<void>)[] = [];

  constructor() {
    this.#node.fault = () => {
      if (!this.isShaky || !once(20)) return undefined;
      return once(2) ? "refused" : "answer-lost";
    };
    const sendGroupMessage = this.#send.bind(this);
    this.port = new Proxy<DeliveryService>(this.#node, {
      get: (target, name) =>
        name === "sendGroupMessage"
          ? sendGroupMessage
          : Reflect.get(target, name).bind(target),
    });
  }

  async deliverLate(): Promise<void> {
    await this.#late
      .shift()?.()
      .catch(() => {});
  }

  async mend(): Promise<void> {
    this.isShaky = false;
    while (this.#late.length > 0) await this.deliverLate();
  }

  async #send(groupId: GroupId, data: Uint8Array): Promise<void> {
    const send = () => this.#node.sendGroupMessage(groupId, data);
    if (!this.isShaky || !once(30)) return send();
    this.#late.push(send);
    throw new DOMException("lost on the way", "NetworkError");
  }
}

async function change(
  { installation }: Life,
  group: MlsGroup,
  lives: readonly Life[],
): Promise<void> {
  const members = group.members().map((member) => member.installationId);
  const others = members.filter((id) => id !== installation.id);
  const outside = lives
    .map((life) => life.installation.id)
    .filter((id) => !members.includes(id));
  await group.changeMembers({
    add: outside.length > 0 && once(2) ? [pick(outside)] : [],
    remove: others.length > 1 && once(3) ? [pick(others)] : [],
    ...(once(2) ? { extensions: [membership(below(256))] } : {}),
  });
}

async function step(
  life: Life,
  id: GroupId,
  lives: readonly Life[],
): Promise<void> {
  const group = life.group(id);
  const choice = below(100);
  try {
    if (choice < 2) await life.start();
    else if (!group || choice < 55) await life.catchUp(id);
    else if (choice < 95) await life.say(group);
    else await change(life, group, lives);
  } catch {
    // It died, or was out of reach of the node; a dead one restarts.
    if (life.isDead) await life.start();
  }
}

test(`${steps} steps of two to six installations, wherever they die (SEED=${seed})`, {
  timeout: slow ? 7_200_000 : 600_000,
}, async () => {
  const shaky = new ShakyNode();
  const { node, published } = overheard(shaky.port);
  const common: Common = {
    node,
    states: new Map(),
    story: new Map(),
    maybeTwice: new Set(),
    dies: () => shaky.isShaky && once(150),
  };
  const lives = ["a", "b", "c", "d", "e", "f"].map(
    (name) => new Life(name, common),
  );
  for (const life of lives) await life.start();
  const [founder, second] = lives;
  if (!founder || !second) throw new RangeError("expected two");
  const founded = await founder.installation.createGroup({ extensions: [] });
  const { id } = founded;
  await founded.changeMembers({ add: [second.installation.id] });

  shaky.isShaky = true;
  for (let at = 0; at < steps; at++) {
    tick();
    if (once(10)) await shaky.deliverLate();
    if (once(8)) {
      // Two at a time, so that their commits race.
      await Promise.all(
        [0, 1].map((n) => step(lives[(at + n) % 6] ?? founder, id, lives)),
      );
    } else await step(pick(lives), id, lives);
  }

  await shaky.mend();
  for (const life of lives) await life.start();
  for (let round = 0; round < 3; round++) {
    for (const life of lives) await life.catchUp(id);
  }

  const members = lives.filter((life) => life.group(id));
  const engine = await openTsMlsEngine(everybody);
  const views = await Promise.all(
    members.map(async ({ store }) => {
      const record = await store.group(id);
      if (!record) throw new RangeError("expected the group");
      expect(await store.outbox(id)).toEqual([]);
      return engine.view(record.state);
    }),
  );
  const [first] = views;
  for (const view of views) expect(plain(view)).toEqual(plain(first));
  expect(
    first?.members.map(({ installationId }) => installationId).toSorted(),
  ).toEqual(members.map(({ installation }) => installation.id).toSorted());
  expect(members.flatMap((life) => life.missing())).toEqual([]);
  expect(doubled(common)).toEqual([]);
  const keys = await keysOf(published.values(), common.states);
  expect(new Set(keys).size).toBe(keys.length);
  // A walk of a few hundred steps may happen to do little.
  const isLong = steps >= 10_000;
  expect(common.story.size).toBeGreaterThan(isLong ? steps / 10 : 0);
  expect(Number(first?.epoch)).toBeGreaterThan(isLong ? steps / 100 : 0);
});

/** Numbers in place of bigints, which Vitest can't send from a browser when an assertion fails. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner) =>
      typeof inner === "bigint" ? Number(inner) : inner,
    ),
  );
}
