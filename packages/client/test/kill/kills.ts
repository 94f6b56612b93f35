import { afterAll, beforeAll, test } from "vitest";
import type { Installation } from "../support/stage.js";
import type { Point } from "./kill-switch.js";
import { type EmptyServer, expectNothingLost } from "./nothing-lost.js";
import { type Past, Scene, Scenery } from "./scene.js";

/** A point at which the process is killed. */
export interface Kill {
  readonly name: string;
  /** The time that it comes there. Default: the first. */
  readonly nth?: number;
  /** Default: small. */
  readonly past?: Past;
  /** Default: at once. */
  readonly emptyServer?: EmptyServer;
  /** Much like another one: only in slow runs. */
  readonly slow?: boolean;
}

interface NumberedKill extends Omit<Required<Kill>, "slow"> {
  readonly number: number;
}

/** Kills one side at each point; `story` returns the two installations as they run afterwards. */
export function testKills(
  victim: "requester" | "responder",
  kills: readonly Kill[],
  story: (
    scene: Scene,
    point: Point,
  ) => Promise<{ readonly phone: Installation; readonly laptop: Installation }>,
): void {
  let scenery: Scenery;
  beforeAll(async () => {
    scenery = await Scenery.open();
  });
  afterAll(() => scenery.close());

  test.each(killsOfThisRun(kills))(
    `the ${victim} is killed: $name, $nth ($past past)`,
    async ({ name, nth, past, emptyServer, number }) => {
      const user = `${victim}-${number}`;
      await using scene = await Scene.open(scenery, user, past);
      const { phone, laptop } = await story(scene, { name, nth });
      await expectNothingLost(phone, laptop, scene, emptyServer);
    },
  );
}

function killsOfThisRun(kills: readonly Kill[]): readonly NumberedKill[] {
  return kills
    .filter(({ slow }) => !slow || process.env.SLOW === "1")
    .map((kill, number) => ({
      name: kill.name,
      nth: kill.nth ?? 1,
      past: kill.past ?? "small",
      emptyServer: kill.emptyServer ?? "at once",
      number,
    }));
}
