import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { uploadSpoolContract } from "@history-sync/sync-worker/testing";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteStore } from "../src/sqlite/index.js";
import { FileUploadSpool } from "../src/sqlite/upload-spool.js";

const id = "0123456789abcdef0123456789abcdef";

uploadSpoolContract("FileUploadSpool", async () => {
  const path = temporaryFolder().file("spool");
  return {
    spool: new FileUploadSpool(path),
    reopen: async () => new FileUploadSpool(path),
  };
});

test("FileUploadSpool keeps files beside the database that other users can't read", async () => {
  const path = temporaryFolder().file("installation.db");
  const store = openSqliteStore(path);
  onTestFinished(() => store.close());
  await store.spool.append(id, Uint8Array.of(1));
  const modeOf = async (file: string) => (await stat(file)).mode & 0o777;
  expect(await modeOf(`${path}-spool`)).toBe(0o700);
  expect(await modeOf(join(`${path}-spool`, `${id}.sealed`))).toBe(0o600);
});

test("FileUploadSpool throws StoreError for errors of the file system", async () => {
  const { path } = temporaryFolder();
  const spool = new FileUploadSpool(path);
  await mkdir(join(path, `${id}.sealed`));
  for (const refused of [
    () => spool.append(id, Uint8Array.of(1)),
    () => spool.remove(id),
    () => spool.read(id, 0)[Symbol.asyncIterator]().next(),
  ]) {
    await expect(refused()).rejects.toMatchObject({ code: "storage-failed" });
  }
});
