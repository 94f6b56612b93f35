export { concatBytes, equalBytes, fromHex, toHex, wipe } from "./bytes.js";
export { type Clock, nowNs, systemClock } from "./clock.js";
export {
  HistorySyncError,
  isHistorySyncError,
  PrimitivesError,
  type PrimitivesErrorCode,
} from "./errors.js";
export {
  type BrandedId,
  type GroupId,
  groupId,
  groupIdOf,
  type InboxId,
  type InstallationId,
  idBytes,
  inboxId,
  installationId,
  installationIdOf,
  type MessageId,
  messageId,
  messageIdOf,
} from "./ids.js";
export { type Logger, silent } from "./logger.js";
export { type RandomBytes, systemRandomBytes } from "./random.js";
export { chunksOf, readAll, streamOf } from "./streams.js";
