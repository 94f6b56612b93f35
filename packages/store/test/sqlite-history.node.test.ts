import { fromJson } from "@bufbuild/protobuf";
import {
  type Element,
  encodeElement,
  importArchive,
} from "@history-sync/archive";
import {
  put,
  readHistory,
  sampleGroup,
  sampleMessage,
  sampleNs,
} from "@history-sync/archive/testing";
import medium from "@history-sync/fixtures/libxmtp/medium.elements.json" with {
  type: "json",
};
import { ManualClock } from "@history-sync/primitives/testing";
import { BackupElementSchema } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { MemoryHistoryStore } from "../src/memory/index.js";
import { openDatabase, SqliteHistory } from "../src/sqlite/index.js";
import { sqliteHistory } from "./sqlite-file.js";

/** A moment after libxmtp's archive was made: none of its messages has expired. */
const clock = new ManualClock(1_795_391_000_000);
const options = { importId: "medium", clock };
const elements: readonly Element[] = medium.map(
  (json) => fromJson(BackupElementSchema, json as never).element,
);

async function* frames() {
  for (const element of elements) yield encodeElement(element);
}

test("libxmtp's archive stands in SQLite as it stands in memory", async () => {
  const memory = new MemoryHistoryStore();
  const summary = await importArchive(frames(), memory, options);
  const { history, close } = await sqliteHistory();
  expect(await importArchive(frames(), history, options)).toEqual(summary);
  expect(await readHistory(history)).toEqual(await readHistory(memory));
  expect(await history.counts()).toEqual({
    conversations: 22,
    messages: 2_011,
    consent: 24,
  });
  expect(await history.conversations()).toEqual(await memory.conversations());
  await close();
});

test("an import that dies goes on after the file was opened again", async () => {
  const { path, history, close } = await sqliteHistory();
  const paged = { ...options, pageRows: 500 };
  let merged = 0;
  const dying = importArchive(
    frames(),
    {
      cursor: (id) => history.cursor(id),
      mergePage: async (page, merge) =>
        history.mergePage(page, (local, rows) => {
          if (merged++ === 2) throw new RangeError("power cut");
          return merge(local, rows);
        }),
    },
    paged,
  );
  await expect(dying).rejects.toThrow("power cut");
  const again = openDatabase(path);
  const reopened = new SqliteHistory(again);
  const summary = await importArchive(frames(), reopened, paged);
  expect(summary.resumedAfter).toBe(1_000);
  expect((await reopened.counts()).messages).toBe(2_011);
  again.close();
  await close();
});

test("a snapshot stands still while pages are merged", async () => {
  const { history, close } = await sqliteHistory();
  const group = sampleGroup(1);
  const batch = (from: number) =>
    Array.from({ length: 1_500 }, (_, n) => sampleMessage(from + n, group));
  await put(history, { groups: [group], messages: batch(0) });
  const snapshot = await history.snapshot();
  let seen = 0;
  for await (const page of snapshot.messages({ nowNs: sampleNs })) {
    await put(history, { messages: batch(10_000 * (1 + seen)) });
    seen += page.length;
  }
  await snapshot.close();
  expect(seen).toBe(1_500);
  expect((await history.counts()).messages).toBe(4_500);
  await close();
});

test("nothing of a call stays when its transaction fails", async () => {
  const { db, history, close } = await sqliteHistory();
  const group = sampleGroup(1);
  db.exec("BEGIN");
  history.write({ groups: [group], messages: [sampleMessage(1, group)] });
  db.exec("ROLLBACK");
  expect(await history.counts()).toMatchObject({
    conversations: 0,
    messages: 0,
  });
  await close();
});

test("a database in memory gives no snapshots and is refused", () => {
  const db = openDatabase(":memory:");
  expect(() => new SqliteHistory(db)).toThrow("[no-file]");
  db.close();
});

test("a database of a later version is refused", async () => {
  const { db, close } = await sqliteHistory();
  db.exec("PRAGMA user_version = 9");
  expect(() => new SqliteHistory(db)).toThrow(
    "[newer-schema] expected a database of version 1 at most, got 9",
  );
  await close();
});
