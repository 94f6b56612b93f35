export {
  defaultStreamName,
  defaultTimeoutMs,
  NatsNodeStorage,
  type NatsNodeStorageOptions,
} from "./nats-node-storage.js";

export { openNatsStorage } from "./open-nats-storage.js";
