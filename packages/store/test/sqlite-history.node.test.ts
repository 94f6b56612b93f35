import { exportArchive, importArchive } from "@history-sync/archive";
import {
  put,
  readHistory,
  sampleGroup,
  sampleId,
  sampleMessage,
  sampleNs,
} from "@history-sync/archive/testing";
import {
  groupIdOf,
  installationIdOf,
  messageIdOf,
} from "@history-sync/primitives";
import { expect, test } from "vitest";
import { MemoryHistoryStore } from "../src/memory/index.js";
import { openDatabase, SqliteHistory } from "../src/sqlite/index.js";
import {
  selectGroups,
  selectMessages,
  selectNthNewest,
} from "../src/sqlite/selection-sql.js";
import { clock, frames, options } from "./medium-archive.js";
import { sqliteHistory } from "./sqlite-file.js";

test("an import of libxmtp's archive gives the same rows in SQLite and in memory", async () => {
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

test("an interrupted import resumes after the file was opened again", async () => {
  const { path, history, close } = await sqliteHistory();
  const paged = { ...options, pageRows: 500 };
  let merged = 0;
  const dying = importArchive(
    frames(),
    {
      progress: (id) => history.progress(id),
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

test("a snapshot doesn't change while pages are merged", async () => {
  const { history, close } = await sqliteHistory();
  const group = sampleGroup(1);
  const batch = (from: number) =>
    Array.from({ length: 1_500 }, (_, n) => sampleMessage(from + n, group));
  await put(history, { groups: [group], messages: batch(0) });
  const snapshot = await history.snapshot();
  let seen = 0;
  for await (const page of snapshot.messages(
    { nowNs: sampleNs },
    "oldest-first",
  )) {
    await put(history, { messages: batch(10_000 * (1 + seen)) });
    seen += page.length;
  }
  await snapshot.close();
  expect(seen).toBe(1_500);
  expect((await history.counts()).messages).toBe(4_500);
  await close();
});

test("SqliteHistory writes nothing of a call whose transaction fails", async () => {
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

test("exports read along indexes, in both directions and for chosen conversations", async () => {
  const { db, close } = await sqliteHistory();
  db.exec(
    "CREATE TEMP TABLE chosen (conversation INTEGER PRIMARY KEY, oldest_ns, oldest_id)",
  );
  const plans = (sql: string) =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail));
  for (const order of ["oldest-first", "newest-first"] as const) {
    for (const chosen of [undefined, "chosen"]) {
      const plan = plans(selectMessages(order, chosen));
      expect(plan[0]).toBe(
        "SEARCH m USING INDEX messages_by_time (sent_at_ns>? AND sent_at_ns<?)",
      );
      expect(plan.filter((step) => step.startsWith("SCAN"))).toEqual([]);
      expect(plan.at(-1)).toBe("USE TEMP B-TREE FOR LAST TERM OF ORDER BY");
    }
  }
  expect(plans(selectNthNewest)).toContain(
    "SEARCH m USING INDEX messages_of_conversation (conversation=? AND sent_at_ns>? AND sent_at_ns<?)",
  );
  expect(plans(selectGroups).join()).toContain("messages_of_conversation");
  await close();
});

test("messages whose ids have the same hash stay distinct (T13)", async () => {
  const { history, close } = await sqliteHistory();
  const group = sampleGroup(1);
  // Only the first 32 bytes of an id are hashed.
  const messages = [1, 2, 3].map((n) =>
    sampleMessage(n, group, { id: Uint8Array.of(...sampleId(7), n) }),
  );
  await put(history, { groups: [group], messages });
  expect((await readHistory(history)).messages).toEqual(messages);
  const changed = messages.map((message) => ({
    ...message,
    deliveryStatus: 3,
  }));
  await put(history, { messages: changed.slice(1) });
  const expected = [messages[0], ...changed.slice(1)];
  expect((await readHistory(history)).messages).toEqual(expected);
  await close();
});

test("provenance returns the archive of restored rows and the installation that made it", async () => {
  const memory = new MemoryHistoryStore();
  const group = sampleGroup(1);
  await memory.put({ groups: [group], messages: [sampleMessage(1, group)] });
  const installationId = installationIdOf(sampleId(9));
  let archiveId: Uint8Array | undefined;
  const archive = exportArchive(memory, {
    clock,
    installationId,
    onMetadata: (metadata) => {
      archiveId = metadata.archiveId;
    },
  });
  const { history, close } = await sqliteHistory();
  const importId = "from my laptop";
  const { receipt } = await importArchive(archive, history, {
    clock,
    importId,
  });
  expect(receipt?.complete).toBe(true);
  expect(archiveId).toHaveLength(16);
  const expected = { importId, archiveId, installationId };
  const message = messageIdOf(sampleId(1));
  const conversation = groupIdOf(group.id);
  expect(await history.provenance({ message })).toEqual(expected);
  expect(await history.provenance({ conversation })).toEqual(expected);
  await close();
});

test("SqliteHistory refuses a database in memory, which has no snapshots", () => {
  const db = openDatabase(":memory:");
  expect(() => new SqliteHistory(db)).toThrow("[no-file]");
  db.close();
});
