import { streamOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { byteStreamOf } from "../src/byte-stream.js";
import { pieceReader } from "../src/piece-reader.js";

const numbers = (from: number, to: number) =>
  Uint8Array.from({ length: to - from }, (_, i) => from + i);

test("bytes come into the buffers that are lent, and none at the end", async () => {
  const chunks = () => [numbers(0, 3), new Uint8Array(), numbers(3, 10)];
  for (const body of [streamOf(chunks()), byteStreamOf(chunks().values())]) {
    const reader = pieceReader(body);
    const first = await reader.read(new Uint8Array(20));
    expect(first).toEqual(numbers(0, 3));
    const second = await reader.read(new Uint8Array(first.buffer, 3));
    expect(second).toEqual(numbers(3, 10));
    expect(new Uint8Array(second.buffer, 0, 10)).toEqual(numbers(0, 10));
    const end = await reader.read(new Uint8Array(second.buffer));
    expect(end.length).toBe(0);
    expect(end.buffer.byteLength).toBe(20);
  }
});

test("a chunk that is larger than the room comes in parts, and is spent with the last", async () => {
  const chunk = numbers(0, 10);
  const spent: Uint8Array[] = [];
  const body = byteStreamOf([chunk].values(), (whole) => spent.push(whole));
  const reader = pieceReader(body);
  expect(await reader.read(new Uint8Array(6))).toEqual(numbers(0, 6));
  expect(spent).toEqual([]);
  expect(await reader.read(new Uint8Array(6))).toEqual(numbers(6, 10));
  expect(spent).toEqual([chunk]);
});

test("a reader without buffers gets the chunks, and other bytes in their buffers stay", async () => {
  const both = numbers(0, 10);
  const chunks = [both.subarray(0, 4), both.subarray(4)];
  const reader = byteStreamOf(chunks.values()).getReader();
  expect((await reader.read()).value).toEqual(numbers(0, 4));
  expect((await reader.read()).value).toEqual(numbers(4, 10));
  expect((await reader.read()).done).toBe(true);
  expect(both).toEqual(numbers(0, 10));
});

test("a body that fails or is cancelled does so through the reader", async () => {
  const cause = new TypeError("cut");
  const cut = new ReadableStream({ pull: () => Promise.reject(cause) });
  await expect(pieceReader(cut).read(new Uint8Array(1))).rejects.toBe(cause);
  let cancelled = false;
  const endless = new ReadableStream({
    cancel() {
      cancelled = true;
    },
  });
  await pieceReader(endless).cancel();
  expect(cancelled).toBe(true);
});
