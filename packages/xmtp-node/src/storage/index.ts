export { XmtpNodeError, type XmtpNodeErrorCode } from "../errors.js";
export { Followers } from "./followers.js";
export type {
  Appended,
  Entry,
  NewEntry,
  NodeStorage,
  ReadPage,
  ReadRange,
  TopicKind,
  TopicName,
} from "./node-storage.js";
export { conflict, storageClosed } from "./storage-errors.js";
