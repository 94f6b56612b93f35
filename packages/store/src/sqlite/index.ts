export { SqliteHistory } from "./history.js";
export { openDatabase } from "./open-database.js";
export { openSqliteStore } from "./open-store.js";
