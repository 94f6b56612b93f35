export { openDatabase, transaction } from "./database.js";
export { type EntryRow, EntryTable } from "./entry-table.js";
export {
  SqliteNodeStorage,
  type SqliteNodeStorageOptions,
} from "./sqlite-node-storage.js";
