import type { EmptyServer } from "./nothing-lost.js";
import type { Past } from "./scene.js";

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

export function killsOfThisRun(
  kills: readonly Kill[],
): readonly NumberedKill[] {
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
