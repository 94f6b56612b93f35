import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { GroupSaveSchema } from "@history-sync/proto/device-sync";
import { expect, onTestFinished, test } from "vitest";
import {
  openDatabase,
  openSqliteStore,
  SqliteHistory,
} from "../src/sqlite/index.js";
import { sqliteHistory } from "./sqlite-file.js";

async function readAll(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pages);
}

const group = (byte: number, dmId = "x") =>
  create(GroupSaveSchema, { id: new Uint8Array(16).fill(byte), dmId });

test("A full file fails with quota-exceeded, which is retryable, and keeps what it had", async () => {
  const { db, history, close } = await sqliteHistory();
  onTestFinished(close);
  await history.put({ groups: [group(1)] });
  const { page_count: pages } = db.prepare("PRAGMA page_count").get() as {
    page_count: bigint;
  };
  db.exec(`PRAGMA max_page_count = ${pages}`);
  const large = group(2, "x".repeat(1_000_000));
  await expect(history.put({ groups: [large] })).rejects.toMatchObject({
    name: "StoreError",
    code: "quota-exceeded",
    retryable: true,
  });
  expect(await history.conversations()).toHaveLength(1);
  await history.put({ groups: [group(3)] });
  expect(await history.conversations()).toHaveLength(2);
});

test("A write fails with storage-failed, which is retryable, while another connection writes", async () => {
  const { db, path, history, close } = await sqliteHistory();
  onTestFinished(close);
  const other = openDatabase(path);
  other.exec("BEGIN IMMEDIATE");
  db.exec("PRAGMA busy_timeout = 0");
  await expect(history.put({ groups: [group(1)] })).rejects.toMatchObject({
    code: "storage-failed",
    retryable: true,
  });
  other.close();
  await history.put({ groups: [group(1)] });
});

test("A damaged file fails with storage-failed, which isn't retryable", async () => {
  const { db, path, history, close } = await sqliteHistory();
  onTestFinished(close);
  for (let i = 0; i < 100; i++) {
    await history.put({ groups: [group(i, "x".repeat(2_000))] });
  }
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const { page_count: pages } = db.prepare("PRAGMA page_count").get() as {
    page_count: bigint;
  };
  const file = openSync(path, "r+");
  const garbage = new Uint8Array(4_096).fill(0xee);
  // The last pages are those of the rows.
  for (let page = Number(pages) - 20; page < pages; page++) {
    writeSync(file, garbage, 0, garbage.length, page * garbage.length);
  }
  closeSync(file);
  const damaged = openDatabase(path);
  onTestFinished(() => damaged.close());
  const reading = new SqliteHistory(damaged);
  const failure = { code: "storage-failed", retryable: false };
  await expect(reading.conversations()).rejects.toMatchObject(failure);
  const snapshot = await reading.snapshot();
  const pagesOfGroups = snapshot.groups({
    nowNs: 0n,
    excludeDisappearingMessages: false,
  });
  await expect(readAll(pagesOfGroups)).rejects.toMatchObject(failure);
  await snapshot.close();
});

test("A store in a missing folder fails with storage-failed", () => {
  expect(() => openSqliteStore(join("missing", "installation.db"))).toThrow(
    expect.objectContaining({ code: "storage-failed", retryable: true }),
  );
});
