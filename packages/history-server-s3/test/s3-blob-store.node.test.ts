import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { historyServerClient } from "@history-sync/history-client";
import { blobId } from "@history-sync/history-server";
import { serve } from "@history-sync/history-server/node";
import {
  blobStoreContract,
  resumableUploadsContract,
} from "@history-sync/history-server/testing";
import { readAll, streamOf } from "@history-sync/primitives";
import { nodeCommand, startServer } from "@history-sync/test-kit/processes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { s3BlobStore, s3TusUploads } from "../src/node.js";
import {
  isObjectStoreInstalled,
  type ObjectStore,
  objectStorePackages,
  startObjectStore,
} from "./support/object-store.js";

const installed = isObjectStoreInstalled();
const maxBytes = 100_000_000;
const label = { expiresAtMs: 2 ** 45, once: false };

/** Vitest's own comparison of this many bytes takes seconds. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

if (!installed) {
  // Where every check counts, a missing store is a failure; elsewhere it is said, and the rest runs.
  test("the tests of the S3 store need a server", () => {
    const need = `apt-get install ${objectStorePackages}`;
    process.stderr.write(`S3 is not tested on this machine: ${need}\n`);
    expect(process.env.CI, need).toBeUndefined();
  });
} else {
  describe("on OpenStack Swift", () => {
    let store: ObjectStore | undefined;
    let config: S3ClientConfig = {};
    let client = new S3Client({ region: "none" });
    let buckets = 0;

    beforeAll(async () => {
      store = await startObjectStore();
      const { endpoint, region, credentials } = store;
      config = {
        endpoint,
        region,
        credentials,
        forcePathStyle: true,
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
      };
      client = new S3Client(config);
    }, 180_000);
    afterAll(() => store?.stop());

    const newBucket = async (): Promise<string> => {
      const Bucket = `bucket-${buckets++}`;
      await client.send(new CreateBucketCommand({ Bucket }));
      return Bucket;
    };
    const keysIn = async (Bucket: string): Promise<readonly string[]> => {
      const page = await client.send(new ListObjectsV2Command({ Bucket }));
      return (page.Contents ?? []).map(({ Key = "" }) => Key);
    };

    blobStoreContract("s3BlobStore", async (clock) => {
      const bucket = await newBucket();
      return {
        blobs: s3BlobStore({ client, bucket, prefix: "history/", clock }),
        close: async () => {},
      };
    });

    resumableUploadsContract("s3TusUploads", async (clock) => {
      const bucket = await newBucket();
      const blobs = s3BlobStore({ client, bucket, clock });
      const options = { config, bucket, blobs, maxBytes: 20_000_000, clock };
      const resumable = s3TusUploads(options);
      return { blobs, resumable, close: async () => {} };
    });

    test("a sweep asks for names only, and for the blobs that are over", async () => {
      const bucket = await newBucket();
      const asked: string[] = [];
      const watched = new S3Client(config);
      watched.middlewareStack.add(
        (next, { commandName = "" }) =>
          (args) => {
            asked.push(commandName);
            return next(args);
          },
        { step: "initialize" },
      );
      const blobs = s3BlobStore({ client: watched, bucket });
      const idOf = (i: number) => blobId(`${i}`.padStart(32, "0"));
      const write = (i: number, expiresAtMs: number) =>
        blobs.write(idOf(i), streamOf([new Uint8Array(i)]), {
          maxBytes,
          label: { expiresAtMs, once: false },
        });
      for (let i = 1; i <= 12; i++) await write(i, i === 5 ? 1000 : 2 ** 45);
      asked.length = 0;
      expect(await blobs.sweep(1000)).toEqual({
        deleted: 1,
        blobs: 11,
        bytes: 73,
      });
      expect(asked.sort()).toEqual([
        "DeleteObjectCommand",
        "DeleteObjectCommand",
        "DeleteObjectCommand",
        "GetObjectCommand",
        "ListObjectsV2Command",
        "ListObjectsV2Command",
        "ListObjectsV2Command",
      ]);
      // A crash came between the note of its expiry and the blob.
      await blobs.write(idOf(20), streamOf([new Uint8Array(1)]), {
        maxBytes,
        label: { expiresAtMs: 2000, once: false },
      });
      const Key = `blobs/${idOf(20)}`;
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      expect(await blobs.sweep(2000)).toMatchObject({ deleted: 0, blobs: 11 });
      const expiring = (await keysIn(bucket)).filter((key) =>
        key.startsWith("expiry/"),
      );
      expect(expiring).toHaveLength(11);
    });

    test("a blob of several parts comes back, whole and in ranges, and goes without a trace", async () => {
      const bucket = await newBucket();
      const blobs = s3BlobStore({ client, bucket });
      const bytes = new Uint8Array(randomBytes(20_000_000));
      const id = blobId("0123456789abcdef0123456789abcdef");
      const body = streamOf([bytes.subarray(0, 14), bytes.subarray(14)]);
      await blobs.write(id, body, { maxBytes, label });
      const whole = await blobs.read(id);
      expect(whole && isEqual(await readAll(whole.body), bytes)).toBe(true);
      const range = { start: 8_388_600, end: 16_777_300 };
      const part = await blobs.read(id, range);
      const expected = bytes.slice(range.start, range.end);
      expect(part && isEqual(await readAll(part.body), expected)).toBe(true);
      expect(await blobs.delete(id)).toBe(true);
      expect(await keysIn(bucket)).toEqual([]);
    });

    test("a wrong secret is storage-failed", async () => {
      const bucket = await newBucket();
      const credentials = { accessKeyId: "test:tester", secretAccessKey: "x" };
      const stranger = new S3Client({ ...config, credentials });
      const blobs = s3BlobStore({ client: stranger, bucket });
      await expect(
        blobs.stat(blobId("0123456789abcdef0123456789abcdef")),
      ).rejects.toMatchObject({ code: "storage-failed", retryable: true });
    });

    test("the command serves a bucket, and ends when told", async () => {
      const bucket = await newBucket();
      const { endpoint = "", credentials } = store ?? {};
      const command = new URL(
        "./dist/node/main.js",
        import.meta.resolve("@history-sync/history-server/package.json"),
      );
      const args = ["--port", "0", "--s3", endpoint, "--bucket", bucket];
      const { url, stop } = await startServer({
        ...nodeCommand(fileURLToPath(command), ...args),
        env: {
          AWS_ACCESS_KEY_ID: credentials?.accessKeyId ?? "",
          AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
        },
      });
      const { upload, download } = historyServerClient({ origins: [url] });
      for (const length of [1, 9_000_000]) {
        const bytes = new Uint8Array(randomBytes(length));
        const address = await upload(url, streamOf([bytes]));
        const received = await readAll(await download(address));
        expect(isEqual(received, bytes)).toBe(true);
      }
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      expect(await stop()).toEqual({ code: 0, signal: null });
    });

    test("two servers on one bucket: begun on one, resumed on the other, downloaded from both", async () => {
      const bucket = await newBucket();
      const start = () => {
        const blobs = s3BlobStore({ client, bucket });
        const resumable = s3TusUploads({ config, bucket, blobs, maxBytes });
        return serve({ blobs, resumable, port: 0 });
      };
      await using first = await start();
      await using second = await start();
      const { createUpload, resumeUpload, upload, download } =
        historyServerClient({ retryDelayMs: 0 });

      const small = new Uint8Array(randomBytes(40_000));
      const url = await upload(first.url, streamOf([small]));
      const onSecond = url.replace(first.url, second.url);
      expect(await readAll(await download(onSecond))).toEqual(small);

      const large = new Uint8Array(randomBytes(20_000_000));
      const begun = await createUpload(first.url);
      if (!begun) throw new TypeError("expected tus");
      const stop = new AbortController();
      const sending = resumeUpload(begun, streamOf([large]), {
        signal: stop.signal,
        onProgress: () => stop.abort(),
      });
      await expect(sending).rejects.toThrow("aborted");
      const moved = {
        ...begun,
        url: begun.url.replace(first.url, second.url),
        uploadUrl: begun.uploadUrl.replace(first.url, second.url),
      };
      const seen: number[] = [];
      const finished = await resumeUpload(moved, streamOf([large]), {
        onProgress: (bytes) => seen.push(bytes),
      });
      expect(seen[0]).toBeGreaterThan(8_388_608);
      for (const address of [finished, begun.url]) {
        const received = await readAll(await download(address));
        expect(isEqual(received, large)).toBe(true);
      }
    });
  });
}
