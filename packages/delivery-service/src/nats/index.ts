export {
  defaultStreamName,
  defaultTimeoutMs,
  NatsNodeStorage,
  type NatsNodeStorageOptions,
} from "./nats-node-storage.js";
