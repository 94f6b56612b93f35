import { type BlobId, newSha256 } from "@history-sync/history-client/contract";
import { type Clock, readAll, streamOf } from "@history-sync/primitives";
import { describe, expect, test } from "vitest";
import { blobId } from "../blob-id.js";
import type { BlobInfo, BlobLabel, BlobStore } from "../blob-store.js";

/** An open blob store for the contract tests. */
export interface BlobStoreUnderTest {
  readonly blobs: BlobStore;
  close(): Promise<void>;
}

const startMs = 1_700_000_000_000;
const label: BlobLabel = {
  expiresAtMs: startMs + 60_000,
  deletionTokenHash: "5e".repeat(32),
  once: true,
};
const limit = { maxBytes: 1_000_000, label };
const firstId = blobId("00000000-0000-4000-8000-000000000001");
const secondId = blobId("a_second-ID_of_22_lett");

/**
 * What every `BlobStore` has to do, as vitest tests. `open` makes an empty store that reads the time from `clock`.
 */
export function blobStoreContract(
  name: string,
  open: (clock: Clock) => Promise<BlobStoreUnderTest>,
): void {
  describe(`${name} is a BlobStore`, () => {
    const time = { nowMs: startMs };
    const clock: Clock = {
      nowMs: () => time.nowMs,
      sleep: () => Promise.resolve(),
    };
    const withStore =
      (story: (blobs: BlobStore) => Promise<void>) =>
      async (): Promise<void> => {
        time.nowMs = startMs;
        const store = await open(clock);
        try {
          await story(store.blobs);
        } finally {
          await store.close();
        }
      };

    test(
      "gives back what was written, with size and time",
      withStore(async (blobs) => {
        const bytes = pattern(700_000);
        const body = streamOf([
          bytes.subarray(0, 14),
          bytes.subarray(14, 14),
          bytes.subarray(14, 300_000),
          bytes.subarray(300_000),
        ]);
        const info: BlobInfo = {
          ...label,
          size: bytes.length,
          sha256: sha256Of(bytes),
          createdAtMs: startMs,
        };
        expect(await blobs.write(firstId, body, limit)).toEqual(info);
        expect(await blobs.stat(firstId)).toEqual(info);
        const blob = await blobs.read(firstId);
        expect(blob).toMatchObject(info);
        expect(blob && (await readAll(blob.body))).toEqual(bytes);
      }),
    );

    test(
      "gives back any range",
      withStore(async (blobs) => {
        const bytes = pattern(600_000);
        await blobs.write(firstId, streamOf([bytes]), limit);
        for (const [start, end] of [
          [0, 1],
          [0, 600_000],
          [299_999, 599_999],
          [599_999, 600_000],
        ] as const) {
          const blob = await blobs.read(firstId, { start, end });
          expect(blob?.size).toBe(600_000);
          expect(blob && (await readAll(blob.body))).toEqual(
            bytes.slice(start, end),
          );
        }
      }),
    );

    test(
      "knows nothing of an id that was never written",
      withStore(async (blobs) => {
        expect(await blobs.stat(firstId)).toBeUndefined();
        expect(await blobs.read(firstId)).toBeUndefined();
        expect(await blobs.delete(firstId)).toBe(false);
      }),
    );

    test(
      "takes maxBytes and not one byte more",
      withStore(async (blobs) => {
        const maxBytes = 1000;
        const whole = () => streamOf([pattern(400), pattern(600)]);
        await blobs.write(firstId, whole(), { maxBytes, label });
        const tooLong = standingStill([pattern(400), pattern(601)]);
        await expect(
          blobs.write(secondId, tooLong.body, { maxBytes, label }),
        ).rejects.toMatchObject({ code: "blob-too-large" });
        expect(tooLong.cancelled()).toBe(true);
        expect(await blobs.stat(secondId)).toBeUndefined();
      }),
    );

    test(
      "refuses an empty body",
      withStore(async (blobs) => {
        for (const chunks of [[], [new Uint8Array()]]) {
          await expect(
            blobs.write(firstId, streamOf(chunks), limit),
          ).rejects.toMatchObject({ code: "empty-blob" });
        }
        expect(await blobs.stat(firstId)).toBeUndefined();
      }),
    );

    test(
      "leaves nothing of a body that breaks",
      withStore(async (blobs) => {
        const cause = new TypeError("connection lost");
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(pattern(1000)),
          pull: () => Promise.reject(cause),
        });
        await expect(blobs.write(firstId, body, limit)).rejects.toMatchObject({
          code: "upload-broken",
          cause,
        });
        expect(await blobs.read(firstId)).toBeUndefined();
      }),
    );

    test(
      "shows nothing before the end, and an abort ends a body that stands still",
      withStore(async (blobs) => {
        const abort = new AbortController();
        const still = standingStill([pattern(1000)]);
        const writing = blobs.write(firstId, still.body, {
          ...limit,
          signal: abort.signal,
        });
        writing.catch(() => {});
        await still.reached;
        expect(await blobs.stat(firstId)).toBeUndefined();
        const reason = new TypeError("enough");
        abort.abort(reason);
        await expect(writing).rejects.toBe(reason);
        expect(still.cancelled()).toBe(true);
        expect(await blobs.stat(firstId)).toBeUndefined();
      }),
    );

    test(
      "keeps the old blob when a new one of the same id fails, and replaces it as a whole",
      withStore(async (blobs) => {
        await blobs.write(firstId, streamOf([pattern(50)]), limit);
        const failing = streamOf([pattern(51)]);
        await expect(
          blobs.write(firstId, failing, { maxBytes: 50, label }),
        ).rejects.toMatchObject({ code: "blob-too-large" });
        expect(await contentOf(blobs, firstId)).toEqual(pattern(50));
        await blobs.write(firstId, streamOf([pattern(60)]), limit);
        expect(await contentOf(blobs, firstId)).toEqual(pattern(60));
      }),
    );

    test(
      "reads a blob to its end though it is deleted meanwhile",
      withStore(async (blobs) => {
        const bytes = pattern(900_000);
        await blobs.write(firstId, streamOf([bytes]), limit);
        const blob = await blobs.read(firstId);
        expect(await blobs.delete(firstId)).toBe(true);
        expect(await blobs.stat(firstId)).toBeUndefined();
        expect(blob && (await readAll(blob.body))).toEqual(bytes);
      }),
    );

    test(
      "a body can be cancelled, before and after its first piece",
      withStore(async (blobs) => {
        await blobs.write(firstId, streamOf([pattern(900_000)]), limit);
        await (await blobs.read(firstId))?.body.cancel();
        const reader = (await blobs.read(firstId))?.body.getReader();
        expect((await reader?.read())?.done).toBe(false);
        await reader?.cancel();
        expect(await contentOf(blobs, firstId)).toHaveLength(900_000);
      }),
    );

    test(
      "ends when onBytes throws, and tells it every byte",
      withStore(async (blobs) => {
        const enough = new TypeError("enough");
        let seen = 0;
        const still = standingStill([pattern(1000), pattern(2000)]);
        const onBytes = (bytes: number) => {
          seen += bytes;
          if (seen > 1000) throw enough;
        };
        await expect(
          blobs.write(firstId, still.body, { ...limit, onBytes }),
        ).rejects.toBe(enough);
        expect(seen).toBe(3000);
        expect(still.cancelled()).toBe(true);
        expect(await blobs.stat(firstId)).toBeUndefined();
      }),
    );

    test(
      "a label needs no deletion token",
      withStore(async (blobs) => {
        const bare = { expiresAtMs: startMs + 1, once: false };
        const body = streamOf([pattern(3)]);
        const written = await blobs.write(firstId, body, {
          maxBytes: 3,
          label: bare,
        });
        expect(written.deletionTokenHash).toBeUndefined();
        expect(await blobs.stat(firstId)).toEqual(written);
      }),
    );

    test(
      "a label may tell at length what the blob was joined of",
      withStore(async (blobs) => {
        for (const length of [300, 4096]) {
          const joined = { ...label, concat: "final;".padEnd(length, "/tus") };
          const body = streamOf([pattern(length)]);
          const written = await blobs.write(firstId, body, {
            ...limit,
            label: joined,
          });
          expect(written.concat).toBe(joined.concat);
          expect(await blobs.stat(firstId)).toEqual(written);
          expect(await contentOf(blobs, firstId)).toEqual(pattern(length));
        }
      }),
    );

    test(
      "sweeps what is over, and counts the rest",
      withStore(async (blobs) => {
        const until = (expiresAtMs: number) => ({
          ...limit,
          label: { ...label, expiresAtMs },
        });
        await blobs.write(firstId, streamOf([pattern(1)]), until(startMs + 1));
        await blobs.write(secondId, streamOf([pattern(2)]), until(startMs + 2));
        const both = { deleted: 0, blobs: 2, bytes: 3 };
        expect(await blobs.sweep(startMs)).toEqual(both);
        const one = { deleted: 1, blobs: 1, bytes: 2 };
        expect(await blobs.sweep(startMs + 1)).toEqual(one);
        expect(await blobs.stat(firstId)).toBeUndefined();
        expect(await contentOf(blobs, secondId)).toEqual(pattern(2));
        const none = { deleted: 1, blobs: 0, bytes: 0 };
        expect(await blobs.sweep(startMs + 2)).toEqual(none);
        expect(await blobs.sweep(startMs + 2)).toEqual({ ...none, deleted: 0 });
      }),
    );

    test(
      "keeps concurrent writes apart",
      withStore(async (blobs) => {
        const ids = Array.from({ length: 8 }, (_, i) =>
          blobId(`concurrent-blob-number-${i}`),
        );
        await Promise.all(
          ids.map((id, i) =>
            blobs.write(
              id,
              streamOf([pattern(100 + i), pattern(1000 * i)]),
              limit,
            ),
          ),
        );
        for (const [i, id] of ids.entries()) {
          expect((await contentOf(blobs, id))?.length).toBe(100 + 1001 * i);
        }
      }),
    );

    test(
      "t14: takes no id but one of the strict form, whatever its type says",
      withStore(async (blobs) => {
        for (const bad of [
          "",
          "short",
          "../../../../../../etc/passwd",
          "..%2f..%2f..%2f..%2f..%2fetc",
          "0123456789abcdef/0123456789abcdef",
          "0123456789abcdef\\0123456789abcdef",
          "0123456789abcdef0123456789abcdef\n",
          "0123456789abcdef0123456789abcde\0",
          "0123456789abcdef.0123456789abcdef",
          "x".repeat(129),
        ]) {
          const id = bad as BlobId;
          const refusal = { code: "invalid-blob-id" };
          const body = streamOf([pattern(1)]);
          await expect(blobs.write(id, body, limit)).rejects.toMatchObject(
            refusal,
          );
          await expect(blobs.stat(id)).rejects.toMatchObject(refusal);
          await expect(blobs.read(id)).rejects.toMatchObject(refusal);
          await expect(blobs.delete(id)).rejects.toMatchObject(refusal);
        }
      }),
    );
  });
}

function sha256Of(bytes: Uint8Array): string {
  const hash = newSha256();
  hash.update(bytes);
  return hash.digest();
}

function pattern(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff);
}

async function contentOf(
  blobs: BlobStore,
  id: BlobId,
): Promise<Uint8Array | undefined> {
  const blob = await blobs.read(id);
  return blob && (await readAll(blob.body));
}

interface StandingStill {
  readonly body: ReadableStream<Uint8Array>;
  /** Resolves when all chunks are taken and more is asked for. */
  readonly reached: Promise<void>;
  cancelled(): boolean;
}

/** A body that brings its chunks and then neither more nor an end. */
function standingStill(chunks: readonly Uint8Array[]): StandingStill {
  let cancelled = false;
  let next = 0;
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[next++];
        if (chunk) {
          controller.enqueue(chunk);
          return;
        }
        reach();
        return new Promise<void>(() => {});
      },
      cancel() {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, reached, cancelled: () => cancelled };
}
