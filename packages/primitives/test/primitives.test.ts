import { expect, test } from "vitest";
import {
  chunksOf,
  concatBytes,
  equalBytes,
  fromHex,
  groupId,
  idBytes,
  inboxId,
  installationIdOf,
  isHistorySyncError,
  nowNs,
  PrimitivesError,
  readAll,
  streamOf,
  systemClock,
  systemRandomBytes,
  toHex,
  wipe,
} from "../src/index.js";
import { ManualClock, unsafeSeededBytes } from "../src/testing/index.js";

test("fromHex reverses toHex, accepts either case and refuses anything else", () => {
  const bytes = Uint8Array.of(0, 1, 15, 16, 255);
  expect(toHex(bytes)).toBe("00010f10ff");
  expect(fromHex("00010F10ff")).toEqual(bytes);
  for (const bad of ["0", "0g", "0x", " 00", "00\n"]) {
    expect(() => fromHex(bad)).toThrow(PrimitivesError);
  }
});

test("an error has its code, its message with and without the code, and its cause", () => {
  const cause = new Error("cause");
  const options = { retryable: true, cause };
  const error = new PrimitivesError("invalid-id", "expected x", options);
  expect(error).toMatchObject({
    name: "PrimitivesError",
    code: "invalid-id",
    message: "[invalid-id] expected x",
    rawMessage: "expected x",
    retryable: true,
    cause,
  });
  const plain = new PrimitivesError("invalid-id", "expected x");
  expect(plain.retryable).toBe(false);
  expect("cause" in plain).toBe(false);
});

test("isHistorySyncError recognises errors of every copy of the package, and no others", () => {
  const error = new PrimitivesError("invalid-id", "expected x");
  expect(isHistorySyncError(error)).toBe(true);
  const ofAnotherCopy = Object.assign(new Error("[full] expected room"), {
    [Symbol.for("@history-sync/error")]: true,
  });
  expect(isHistorySyncError(ofAnotherCopy)).toBe(true);
  for (const other of [new Error("x"), { code: "x" }, undefined, "x"]) {
    expect(isHistorySyncError(other)).toBe(false);
  }
  expect(JSON.stringify({ ...error })).not.toContain("error");
});

test("ids are lower-case hex of their length, and anything else is refused", () => {
  const bytes = new Uint8Array(32).fill(0xab);
  const id = installationIdOf(bytes);
  expect(id).toBe("ab".repeat(32));
  expect(idBytes(id)).toEqual(bytes);
  expect(() => inboxId("AB".repeat(32))).toThrow("invalid-id");
  expect(() => inboxId("ab".repeat(31))).toThrow("32 bytes");
  expect(() => groupId("")).toThrow("1 to 255 bytes");
});

test("concatBytes, equalBytes and wipe join, compare and overwrite bytes", () => {
  const joined = concatBytes(Uint8Array.of(1), Uint8Array.of(2, 3));
  expect(equalBytes(joined, Uint8Array.of(1, 2, 3))).toBe(true);
  expect(equalBytes(joined, Uint8Array.of(1, 2))).toBe(false);
  wipe(joined);
  expect(joined).toEqual(new Uint8Array(3));
});

test("streamOf reads a chunk only on demand, and leaving a chunksOf loop cancels its source", async () => {
  let made = 0;
  let closed = false;
  async function* source() {
    try {
      while (true) yield Uint8Array.of(++made);
    } finally {
      closed = true;
    }
  }
  for await (const chunk of chunksOf(streamOf(source()))) {
    if (chunk[0] === 3) break;
  }
  expect(made).toBe(3);
  expect(closed).toBe(true);
  const whole = await readAll(streamOf([Uint8Array.of(1), Uint8Array.of(2)]));
  expect(whole).toEqual(Uint8Array.of(1, 2));
});

test("ManualClock ends sleeps in the order of their times and honours abort", async () => {
  const clock = new ManualClock(0);
  const woken: string[] = [];
  const late = clock.sleep(20).then(() => woken.push("late"));
  const early = clock.sleep(10).then(() => woken.push("early"));
  const abort = new AbortController();
  const never = clock.sleep(10, abort.signal);
  abort.abort(new Error("enough"));
  await expect(never).rejects.toThrow("enough");
  clock.advance(20);
  await Promise.all([late, early]);
  expect(woken).toEqual(["early", "late"]);
  expect(nowNs(clock)).toBe(20_000_000n);
});

test("systemClock sleeps until its signal aborts", async () => {
  await systemClock.sleep(1);
  const abort = new AbortController();
  const sleeping = systemClock.sleep(60_000, abort.signal);
  abort.abort(new Error("awake"));
  await expect(sleeping).rejects.toThrow("awake");
  await expect(systemClock.sleep(1, abort.signal)).rejects.toThrow("awake");
});

test("systemRandomBytes returns any length, and unsafeSeededBytes the same bytes for the same seed", () => {
  expect(systemRandomBytes(70_000)).toHaveLength(70_000);
  expect(unsafeSeededBytes(7)(16)).toEqual(unsafeSeededBytes(7)(16));
  expect(unsafeSeededBytes(7)(16)).not.toEqual(unsafeSeededBytes(8)(16));
});
