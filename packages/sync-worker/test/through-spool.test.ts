import { readAll, streamOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { MemoryUploadSpool } from "../src/memory.js";
import { throughSpool } from "../src/respond/through-spool.js";

const id = "0123456789abcdef0123456789abcdef";
const chunks = [1, 2, 3, 4, 5].map((length) =>
  new Uint8Array(length).fill(length),
);
const whole = await readAll(streamOf(chunks));

function spooling(
  source: ReadableStream<Uint8Array>,
  spool: MemoryUploadSpool,
  maxBytes = Number.POSITIVE_INFINITY,
) {
  const wholes: number[] = [];
  let noteWhole = () => {};
  const isWhole = new Promise<void>((resolve) => {
    noteWhole = resolve;
  });
  const { bytes: stream, end } = throughSpool(source, spool, {
    id,
    maxBytes,
    onWhole: async (bytes) => {
      wholes.push(bytes);
      noteWhole();
    },
    onFull: () => {},
  });
  return { stream, end, wholes, isWhole };
}

test("the bytes are the same, and kept, up to any bound", async () => {
  for (let maxBytes = 0; maxBytes <= whole.length; maxBytes++) {
    const spool = new MemoryUploadSpool();
    const { stream, wholes } = spooling(streamOf(chunks), spool, maxBytes);
    expect(await readAll(stream)).toEqual(whole);
    expect(await spool.size(id)).toBeLessThanOrEqual(maxBytes);
    expect(wholes).toEqual(maxBytes < whole.length ? [] : [whole.length]);
  }
});

test("all is kept before the second chunk is taken", async () => {
  const spool = new MemoryUploadSpool();
  const { stream, isWhole } = spooling(streamOf(chunks), spool);
  const reader = stream.getReader();
  await reader.read();
  await isWhole;
  expect(await spool.size(id)).toBe(whole.length);
});

test("a reader that stops ends the source, and a part isn't taken for the whole", async () => {
  const spool = new MemoryUploadSpool();
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>(
    {
      // One chunk, and then nothing.
      start: (controller) => controller.enqueue(Uint8Array.of(1)),
      cancel: () => {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const { stream, wholes } = spooling(endless, spool);
  const reader = stream.getReader();
  await reader.read();
  const waiting = reader.read();
  await reader.cancel();
  expect(cancelled).toBe(true);
  expect((await waiting).done).toBe(true);
  expect(wholes).toEqual([]);

  const untouched = spooling(new ReadableStream(), spool);
  await untouched.stream.cancel();
  expect(untouched.wholes).toEqual([]);
});

test("behind the end nothing is put into the spool, wherever that comes", async () => {
  for (let taken = 0; taken <= chunks.length; taken++) {
    const spool = new MemoryUploadSpool();
    const { stream, end } = spooling(streamOf(chunks), spool);
    const reader = stream.getReader();
    for (let i = 0; i < taken; i++) await reader.read();
    await end();
    const size = await spool.size(id);
    await reader.cancel();
    expect(await spool.size(id)).toBe(size);
  }
});

test("a read in the middle of a write takes nothing of that write, and skips nothing", async () => {
  const later = () => new Promise((resolve) => setTimeout(resolve));
  let finish: (value: unknown) => void = () => {};
  const isWritten = new Promise((resolve) => {
    finish = resolve;
  });
  let isReadInTheMiddle = () => {};
  const middle = new Promise<void>((resolve) => {
    isReadInTheMiddle = resolve;
  });
  class SlowSpool extends MemoryUploadSpool {
    override async append(of: string, bytes: Uint8Array): Promise<void> {
      if ((await this.size(of)) === 0) return super.append(of, bytes);
      await super.append(of, bytes.subarray(0, 3));
      await middle;
      await super.append(of, bytes.subarray(3));
      finish(undefined);
    }

    override async *read(
      of: string,
      offset: number,
    ): AsyncGenerator<Uint8Array> {
      for (let at = offset; ; at += 5) {
        await later();
        const there = (await super.read(of, at).next()).value;
        if (!there) return;
        if (at === 5) void later().then(isReadInTheMiddle);
        yield there.subarray(0, 5);
        if (at === 5) await isWritten;
      }
    }
  }
  const numbered = whole.map((_, i) => i);
  const source = streamOf([numbered.subarray(0, 7), numbered.subarray(7)]);
  const { stream, wholes } = spooling(source, new SlowSpool());
  expect(await readAll(stream)).toEqual(numbered);
  expect(wholes).toEqual([whole.length]);
});

test("a spool that loses what it has fails the stream, to be tried again", async () => {
  const spool = new MemoryUploadSpool();
  const { stream, isWhole } = spooling(streamOf(chunks), spool);
  const reader = stream.getReader();
  await reader.read();
  await isWhole;
  await spool.remove(id);
  await expect(readUp(reader)).rejects.toMatchObject({
    code: "spool-lost",
    retryable: true,
  });
});

async function readUp(reader: ReadableStreamDefaultReader<Uint8Array>) {
  while (!(await reader.read()).done);
}

test("an archive that can't be flushed isn't taken for the whole", async () => {
  const spool = new MemoryUploadSpool();
  spool.flush = () => Promise.reject(new TypeError("no space left on device"));
  const { stream, wholes } = spooling(streamOf(chunks), spool);
  expect(await readAll(stream)).toEqual(whole);
  expect(wholes).toEqual([]);
});

test("a source that fails, and a spool whose whole can't be noted, fail the stream", async () => {
  const failing = streamOf(
    (function* () {
      yield Uint8Array.of(1);
      throw new TypeError("no more");
    })(),
  );
  const { stream } = spooling(failing, new MemoryUploadSpool());
  await expect(readAll(stream)).rejects.toThrow("no more");

  const { bytes: unnoted } = throughSpool(
    streamOf(chunks),
    new MemoryUploadSpool(),
    {
      id,
      maxBytes: 100,
      onWhole: () => Promise.reject(new TypeError("the power is off")),
      onFull: () => {},
    },
  );
  await expect(readAll(unnoted)).rejects.toThrow("the power is off");
});
