export {
  SqliteNodeStorage,
  type SqliteNodeStorageOptions,
} from "./sqlite-node-storage.js";
