import { streamOf } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  archiveFormat,
  openArchive,
  sealArchive,
  sealedSize,
} from "../src/index.js";
import { codeOf, collect, open, seal } from "./support/frames.js";

const format = "xmtp-v0";

const key = new Uint8Array(32).fill(7);
const randomBytes = unsafeSeededBytes(11);

/** Frames of `bytes` each, without end; `state` tells what became of them. */
function endless(bytes: number) {
  const state = { made: 0, closed: false };
  async function* make() {
    try {
      while (true) {
        state.made++;
        yield new Uint8Array(bytes);
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, frames: make() };
}

test("a sealed archive opens to the same frames, however its bytes are cut", async () => {
  const sizes = fc.oneof(
    { weight: 8, arbitrary: fc.nat(300) },
    { weight: 1, arbitrary: fc.constantFrom(65_512, 65_516, 65_520, 200_000) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(sizes, { minLength: 1, maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 70_000 }), {
        minLength: 1,
        maxLength: 5,
      }),
      async (frameSizes, chunkSizes) => {
        const frames = frameSizes.map((size) => randomBytes(size));
        const archive = await seal(frames, { key });
        expect(archive.length).toBe(sealedSize(frameSizes, format));
        expect(await open(archive, { key }, ...chunkSizes)).toEqual(frames);
      },
    ),
    { numRuns: 40 },
  );
});

test("many small frames cross the batches in order", async () => {
  const frames = Array.from({ length: 3000 }, (_, i) =>
    Uint8Array.of(i & 0xff, i >> 8),
  );
  const archive = await seal(frames, { key });
  expect(archive.length).toBe(
    sealedSize(
      frames.map((frame) => frame.length),
      format,
    ),
  );
  expect(await open(archive, { key })).toEqual(frames);
});

test("the header comes first, then chunks of about 64 KiB, made as they are read", async () => {
  const { state, frames } = endless(1000);
  const reader = sealArchive(frames, { format, key }).getReader();
  expect(state.made).toBe(0);
  const header = await reader.read();
  expect(archiveFormat(header.value ?? new Uint8Array(0))).toBe("xmtp-v0");
  expect(state.made).toBe(0);
  for (let chunk = 1; chunk <= 10; chunk++) {
    const { value } = await reader.read();
    expect(value).toHaveLength(3 + 65_536);
    expect(state.made * 1000).toBeLessThan((chunk + 2) * 65_536);
  }
  await reader.cancel();
  expect(state.closed).toBe(true);
});

test("a stream of nothing is no archive", async () => {
  expect(await codeOf(seal([], { key }))).toBe("no-frames");
  expect(await codeOf(open(new Uint8Array(0), { key }))).toBe("truncated");
  for (const bytes of [
    [1, 0],
    [0, 1],
    [0xff, 0xff],
  ]) {
    const archive = Uint8Array.of(...bytes, ...new Uint8Array(100));
    expect(archiveFormat(archive)).toBeUndefined();
    expect(await codeOf(open(archive, { key }))).toBe("unknown-format");
  }
});

test("opening takes no more than it needs, and leaving the loop cancels the source", async () => {
  const { state, frames } = endless(1000);
  let opened = 0;
  for await (const frame of openArchive(sealArchive(frames, { format, key }), {
    key,
  })) {
    expect(frame).toHaveLength(1000);
    if (++opened === 100) break;
  }
  expect(state.closed).toBe(true);
  expect(state.made * 1000).toBeLessThan(5 * 65_536);
});

test("an error cancels the source as well", async () => {
  const { state, frames } = endless(1000);
  const sealed = sealArchive(frames, { format, key });
  const wrong = openArchive(sealed, { key: new Uint8Array(32) });
  expect(await codeOf(wrong.next())).toBe("not-authentic");
  expect(state.closed).toBe(true);
});

test("an abort ends sealing and opening, even while they wait", async () => {
  const reason = new Error("enough");
  const sealing = new AbortController();
  const silent = new ReadableStream<Uint8Array>({}, { highWaterMark: 0 });
  const never = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => {}),
    }),
  };
  const sealed = sealArchive(never, {
    format,
    key,
    signal: sealing.signal,
  }).getReader();
  await sealed.read();
  const waiting = sealed.read();
  sealing.abort(reason);
  await expect(waiting).rejects.toBe(reason);

  const opening = new AbortController();
  const frames = openArchive(silent, { key, signal: opening.signal });
  const first = frames.next();
  opening.abort(reason);
  await expect(first).rejects.toBe(reason);

  const before = { key, signal: AbortSignal.abort(reason) };
  await expect(seal([new Uint8Array(1)], before)).rejects.toBe(reason);
  const { state, frames: more } = endless(1);
  await expect(open(new Uint8Array(99), before)).rejects.toBe(reason);
  const cancelled = openArchive(streamOf(more), before);
  await expect(cancelled.next()).rejects.toBe(reason);
  expect(state.made).toBe(0);
});

test("an abort between chunks ends both, and lets go of the source", async () => {
  const reason = new Error("enough");
  const abort = new AbortController();
  const { state, frames } = endless(1000);
  const options = { key, signal: abort.signal };
  const opened = openArchive(sealArchive(frames, { format, key }), options);
  await opened.next();
  abort.abort(reason);
  await expect(collect(opened)).rejects.toBe(reason);
  expect(state.closed).toBe(true);

  const other = endless(1000);
  const reader = sealArchive(other.frames, { format, ...options }).getReader();
  await reader.read();
  await expect(reader.read()).rejects.toBe(reason);
});

test("an abort is honoured between the frames of one chunk", async () => {
  const reason = new Error("enough");
  const abort = new AbortController();
  const archive = await seal([new Uint8Array(1), new Uint8Array(2)], { key });
  const opened = openArchive(streamOf([archive]), {
    key,
    signal: abort.signal,
  });
  await opened.next();
  abort.abort(reason);
  await expect(opened.next()).rejects.toBe(reason);
});

test("a source's own error is passed on", async () => {
  const failure = new Error("connection lost");
  const failing = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(failure),
  });
  await expect(openArchive(failing, { key }).next()).rejects.toBe(failure);
  async function* broken() {
    yield new Uint8Array(1);
    throw failure;
  }
  await expect(
    collect(openArchive(sealArchive(broken(), { format, key }), { key })),
  ).rejects.toBe(failure);
});

test("random bytes end in a typed error", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(0, 2, 14, 18),
      async (bytes, keep) => {
        const start = Uint8Array.of(
          0,
          0,
          ...new Uint8Array(12),
          0x28,
          0xb5,
          0x2f,
          0xfd,
        );
        const archive = Uint8Array.of(...start.subarray(0, keep), ...bytes);
        expect(await codeOf(open(archive, { key }))).toBeTypeOf("string");
      },
    ),
    { numRuns: 300 },
  );
});
