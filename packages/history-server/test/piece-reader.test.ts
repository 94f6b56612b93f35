import { streamOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { byteStreamOf } from "../src/byte-stream.js";
import { pieceReader, type Room, readInto } from "../src/piece-reader.js";

const numbers = (from: number, to: number) =>
  Uint8Array.from({ length: to - from }, (_, i) => from + i);

/** One buffer, filled from its start to its end. */
function roomOf(bytes: number): Room & { filled(): Uint8Array } {
  let buffer = new ArrayBuffer(bytes);
  let at = 0;
  return {
    lend: () => new Uint8Array(buffer, at),
    take(came) {
      buffer = came.buffer;
      at += came.length;
    },
    filled: () => new Uint8Array(buffer, 0, at),
  };
}

test("bytes come into the room as they come, and stay there behind the end", async () => {
  const chunks = () => [numbers(0, 3), new Uint8Array(), numbers(3, 10)];
  for (const body of [streamOf(chunks()), byteStreamOf(chunks().values())]) {
    const room = roomOf(20);
    const reader = pieceReader(body);
    expect(await readInto(room, reader)).toEqual(numbers(0, 3));
    expect(await readInto(room, reader)).toEqual(numbers(3, 10));
    expect(await readInto(room, reader)).toBeUndefined();
    expect(room.filled()).toEqual(numbers(0, 10));
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

test("who reads without buffers gets the chunks, and what else is in their buffers stays", async () => {
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
