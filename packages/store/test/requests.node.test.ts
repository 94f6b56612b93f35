import { requestStoreContract } from "@history-sync/sync-worker/testing";
import { onTestFinished } from "vitest";
import { openDatabase } from "../src/sqlite/index.js";
import { SqliteRequestStore } from "../src/sqlite/requests.js";
import { sqliteHistory } from "./sqlite-file.js";

requestStoreContract("SqliteRequestStore", async () => {
  const { path, db, close } = await sqliteHistory();
  onTestFinished(close);
  return {
    store: new SqliteRequestStore(db),
    reopen: async () => {
      const again = openDatabase(path);
      onTestFinished(() => again.close());
      return new SqliteRequestStore(again);
    },
  };
});
