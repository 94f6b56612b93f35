import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Watches the memory that bytes take, garbage left out. */
export interface LiveMemory {
  look(): void;
  /** The least growth that was seen since half of `looks` were made: what is held, and not what is on its way. */
  heldBytes(): number;
}

export function liveMemory(looks: number): LiveMemory {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const inUse = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const before = inUse();
  const seen: number[] = [];
  return {
    look: () => seen.push(inUse() - before),
    heldBytes: () => Math.min(...seen.slice(looks / 2)),
  };
}
