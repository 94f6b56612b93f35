/** Milliseconds for one of it: by the clock, and of processor time, in which a busy machine changes little. */
export interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Returns the cost of each of `times` pieces of work. */
export async function timed<Result>(
  times: number,
  work: () => Promise<Result>,
): Promise<readonly [Cost, Result]> {
  const startedMs = performance.now();
  const started = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(started);
  const ms = performance.now() - startedMs;
  return [
    {
      ms: rounded(ms / times),
      cpuMs: rounded((user + system) / 1000 / times),
    },
    result,
  ];
}

export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
