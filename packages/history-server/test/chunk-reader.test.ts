import { streamOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { byteStreamOf } from "../src/byte-stream.js";
import { chunkReader } from "../src/chunk-reader.js";

test("a byte stream's chunks are handed over with their buffers", async () => {
  const chunk = Uint8Array.of(1, 2, 3);
  const reader = chunkReader(byteStreamOf([chunk].values()));
  expect(await reader.read()).toEqual(Uint8Array.of(1, 2, 3));
  expect(chunk.buffer.byteLength).toBe(0);
  expect(await reader.read()).toBeUndefined();
});

test("other streams' chunks are copied, so that nothing done to them is seen", async () => {
  const chunk = Uint8Array.of(1, 2, 3);
  const reader = chunkReader(streamOf([chunk]));
  const own = await reader.read();
  own?.fill(0);
  expect(chunk).toEqual(Uint8Array.of(1, 2, 3));
  expect(await reader.read()).toBeUndefined();
});

test("cancelling cancels the body", async () => {
  let cancelled = false;
  const cancel = () => {
    cancelled = true;
  };
  await chunkReader(new ReadableStream({ cancel })).cancel();
  expect(cancelled).toBe(true);
});
