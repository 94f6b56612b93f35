export { SqliteError, type SqliteErrorCode } from "./errors.js";
export {
  type Access,
  type OpenDatabase,
  type OpenOptions,
  openDatabase,
} from "./open-database.js";
export { acquireOwnerLock, type OwnerLock } from "./owner-lock.js";
export { isCurrent, migrate, type Schema } from "./schema.js";
export { toSqliteError, withSqliteErrors } from "./sqlite-errors.js";
export { transaction, truncateLog } from "./transaction.js";
