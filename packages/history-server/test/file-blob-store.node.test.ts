import {
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import {
  concatBytes,
  equalBytes,
  readAll,
  streamOf,
} from "@history-sync/primitives";
import {
  TemporaryFolder,
  temporaryFolder,
} from "@history-sync/test-kit/folders";
import { expect, test } from "vitest";
import { byteStreamOf } from "../src/byte-stream.js";
import { blobId } from "../src/index.js";
import { fileBlobStore } from "../src/node/index.js";
import { blobStoreContract } from "../src/testing/index.js";

const id = blobId("0123456789abcdef0123456789abcdef");
const label = { expiresAtMs: 2 ** 45, once: false };
const limit = { maxBytes: 1000, label };

blobStoreContract("fileBlobStore", async (clock) => {
  const temporary = new TemporaryFolder();
  const { path: folder } = temporary;
  return {
    blobs: await fileBlobStore(folder, { clock }),
    close: () => temporary[Symbol.asyncDispose](),
  };
});

test("files that a kill left half written are deleted at the start, blobs stay", async () => {
  const { path: folder } = temporaryFolder();
  const before = await fileBlobStore(folder);
  await before.write(id, streamOf([Uint8Array.of(1, 2, 3)]), limit);
  const leftover = join(folder, "incoming", "fedcba9876543210");
  await writeFile(leftover, "half");

  const after = await fileBlobStore(folder);
  expect(await readdir(join(folder, "incoming"))).toEqual([]);
  const blob = await after.read(id);
  expect(blob && (await readAll(blob.body))).toEqual(Uint8Array.of(1, 2, 3));
});

test("a failed write leaves no file", async () => {
  const { path: folder } = temporaryFolder();
  const blobs = await fileBlobStore(folder);
  const tooLong = streamOf([new Uint8Array(600), new Uint8Array(600)]);
  await expect(blobs.write(id, tooLong, limit)).rejects.toMatchObject({
    code: "blob-too-large",
  });
  expect(await readdir(join(folder, "incoming"))).toEqual([]);
  expect(await readdir(join(folder, "blobs"))).toEqual([]);
});

test("chunks of one byte each and of a megabyte come together in the file", async () => {
  const { path: folder } = temporaryFolder();
  const blobs = await fileBlobStore(folder);
  const single = Array.from({ length: 3000 }, (_, i) => Uint8Array.of(i));
  const large = new Uint8Array(1024 ** 2).fill(7);
  const chunks = [...single, large, ...single, large];
  const body = concatBytes(...chunks);
  const maxBytes = body.length;
  // A byte stream takes its chunks' buffers.
  const copies = chunks.map((chunk) => chunk.slice());
  for (const stream of [streamOf(chunks), byteStreamOf(copies.values())]) {
    await blobs.write(id, stream, { maxBytes, label });
    const blob = await blobs.read(id);
    expect(blob && equalBytes(await readAll(blob.body), body)).toBe(true);
  }
});

test("only the server's user can read a blob's file", async () => {
  const { path: folder } = temporaryFolder();
  const blobs = await fileBlobStore(folder);
  await blobs.write(id, streamOf([Uint8Array.of(1)]), limit);
  const { mode } = await stat(join(folder, "blobs", id));
  expect(mode & 0o777).toBe(0o600);
});

test("a sweep leaves files alone that are no blobs", async () => {
  const { path: folder } = temporaryFolder();
  const blobs = await fileBlobStore(folder);
  await writeFile(join(folder, "blobs", "README.txt"), "not a blob");
  expect(await blobs.sweep(Number.MAX_SAFE_INTEGER)).toEqual({
    deleted: 0,
    blobs: 0,
    bytes: 0,
  });
  expect(await readdir(join(folder, "blobs"))).toEqual(["README.txt"]);
});

test("a fault of the file system is storage-failed, can be retried and keeps its cause", async () => {
  const { path: folder } = temporaryFolder();
  const blobs = await fileBlobStore(folder);
  await rm(join(folder, "incoming"), { recursive: true });
  await expect(
    blobs.write(id, streamOf([Uint8Array.of(1)]), limit),
  ).rejects.toMatchObject({
    code: "storage-failed",
    retryable: true,
    cause: { code: "ENOENT" },
  });
  await mkdir(join(folder, "blobs", id));
  await expect(blobs.delete(id)).rejects.toMatchObject({
    code: "storage-failed",
  });
});

test("a blob of a later release is refused by its version, and left alone", async () => {
  const { path: folder } = temporaryFolder();
  const blobs = await fileBlobStore(folder);
  await blobs.write(id, streamOf([Uint8Array.of(1, 2, 3)]), limit);
  const path = join(folder, "blobs", id);
  const later = (await readFile(path, "latin1")).replace("blob v1", "blob v2");
  await writeFile(path, later, "latin1");
  const message =
    "[storage-failed] expected a blob file of version 1, got version 2";
  await expect(blobs.stat(id)).rejects.toThrow(message);
  await expect(blobs.read(id)).rejects.toThrow(message);
  await blobs.sweep(2 ** 46);
  expect(await readFile(path, "latin1")).toBe(later);
});
