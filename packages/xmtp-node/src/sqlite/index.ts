export { openDatabase } from "./database.js";
export { type EntryRow, EntryTable } from "./entry-table.js";
export { sqliteError } from "./sqlite-error.js";
export {
  SqliteNodeStorage,
  type SqliteNodeStorageOptions,
} from "./sqlite-node-storage.js";
export { transaction } from "./transaction.js";
