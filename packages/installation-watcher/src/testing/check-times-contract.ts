import { describe, expect, test } from "vitest";
import { type CheckTimes, checkPending } from "../check-times.js";

/** Tests every CheckTimes. `open` gives an empty one; `reopen` the same one as after a restart. */
export function checkTimesContract(
  name: string,
  open: () => Promise<{
    readonly times: CheckTimes;
    readonly reopen: () => Promise<CheckTimes>;
  }>,
): void {
  describe(`CheckTimes: ${name}`, () => {
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
      for (const time of [ns, ns + 1n, ns - 1n, checkPending]) {
        await times.set("key", time);
        expect(await times.get("key")).toBe(time);
      }
    });

    test("a time outlives a restart, and so does a pending check", async () => {
      const { times, reopen } = await open();
      await times.set("checked", ns);
      await times.set("owed", checkPending);
      const reopened = await reopen();
      expect(await reopened.get("checked")).toBe(ns);
      expect(await reopened.get("owed")).toBe(checkPending);
      expect(await reopened.get("never")).toBeUndefined();
    });
  });
}
