export { openDatabase } from "./database.js";
export { SqliteHistory } from "./history.js";
export { openSqliteStore } from "./open-store.js";
