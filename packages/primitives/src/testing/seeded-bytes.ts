import type { RandomBytes } from "../random.js";

/** Returns a source of bytes for tests that look random and are the same in every run. They must never become secrets. */
export function unsafeSeededBytes(seed: number): RandomBytes {
  let state = seed >>> 0;
  // mulberry32: small, public domain, enough for test data.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) & 0xff;
  };
  return (length) => Uint8Array.from({ length }, next);
}
