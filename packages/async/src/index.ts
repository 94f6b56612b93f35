export {
  Broadcast,
  type BroadcastOptions,
  type SubscribeOptions,
} from "./broadcast.js";
export { KeyedMutex, Mutex, Semaphore } from "./locks.js";
export {
  Backoff,
  isRetryable,
  type Retry,
  type RetryOptions,
  type RetryPolicy,
  retry,
} from "./retry.js";
export { coalesce, KeyedCoalescer, mapConcurrently } from "./runs.js";
export {
  type DeadlineOptions,
  sleepUntil,
  unlessAborted,
  withDeadline,
} from "./timing.js";
export {
  type ExponentialWaitsOptions,
  exponentialWaits,
  fixedWaits,
  type Jitter,
  type Waits,
} from "./waits.js";
