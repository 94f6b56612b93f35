import type { Store } from "@history-sync/store";

/** A store of a process that dies at a write: it and all later calls fail, and what was written before stays. */
export interface FaultyStore {
  readonly store: Store;
  /** Returns true if it has died. */
  died(): boolean;
}

/** Dies before the write with this number, from 1. */
export function dyingAt(
  write: number,
  { history, groups, ...rest }: Store,
): FaultyStore {
  let writes = 0;
  let dead = false;
  const countWrite = () => {
    writes += 1;
    if (writes === write) dead = true;
  };
  const isWrite = new Set<PropertyKey>(["put", "commit", "mergePage"]);
  const guarded = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(_, name) {
        const member = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return (...values: unknown[]) => {
          if (isWrite.has(name)) countWrite();
          if (dead) return Promise.reject(new TypeError("the process died"));
          return member.apply(target, values);
        };
      },
    });
  return {
    store: { ...rest, history: guarded(history), groups: guarded(groups) },
    died: () => dead,
  };
}
