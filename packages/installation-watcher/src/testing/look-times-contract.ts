import { describe, expect, test } from "vitest";
import { type LookTimes, lookOwed } from "../look-times.js";

/** What every LookTimes must do. `open` gives an empty one; `reopen` the same one as after a restart. */
export function lookTimesContract(
  name: string,
  open: () => Promise<{
    readonly times: LookTimes;
    readonly reopen: () => Promise<LookTimes>;
  }>,
): void {
  describe(`LookTimes: ${name}`, () => {
    const ns = 1_700_000_000_123_456_789n;

    test("a key that was never set has no time", async () => {
      const { times } = await open();
      await times.set("other", ns);
      expect(await times.get("key")).toBeUndefined();
    });

    test("times are kept to the nanosecond, each under its own key", async () => {
      const { times } = await open();
      const keys = ["key", "key/", "KEY", "", "ключ 🗝", "constructor"];
      for (const [i, key] of keys.entries()) {
        await times.set(key, ns + BigInt(i));
      }
      for (const [i, key] of keys.entries()) {
        expect(await times.get(key), key).toBe(ns + BigInt(i));
      }
    });

    test("the last one that was set counts, not the latest", async () => {
      const { times } = await open();
      for (const time of [ns, ns + 1n, ns - 1n, lookOwed]) {
        await times.set("key", time);
        expect(await times.get("key")).toBe(time);
      }
    });

    test("a time outlives a restart, and so does that a look is owed", async () => {
      const { times, reopen } = await open();
      await times.set("looked", ns);
      await times.set("owed", lookOwed);
      const reopened = await reopen();
      expect(await reopened.get("looked")).toBe(ns);
      expect(await reopened.get("owed")).toBe(lookOwed);
      expect(await reopened.get("never")).toBeUndefined();
    });
  });
}
