import {
  archiveSinkContract,
  archiveSourceContract,
} from "@history-sync/archive/testing";
import { MemoryHistoryStore } from "../src/memory/index.js";
import { historyStoreContract } from "./history-store-contract.js";
import { sqliteHistory } from "./sqlite-file.js";

const memory = async () => ({ history: new MemoryHistoryStore() });

archiveSourceContract("MemoryHistoryStore", memory);
archiveSinkContract("MemoryHistoryStore", memory);
historyStoreContract("MemoryHistoryStore", memory);

archiveSourceContract("SqliteHistory", sqliteHistory);
archiveSinkContract("SqliteHistory", sqliteHistory);
historyStoreContract("SqliteHistory", sqliteHistory);
