import type { Clock, Logger } from "@history-sync/primitives";
import type { NodeLimits } from "./limits.js";
import type { NodeMetrics } from "./metrics.js";
import type { NodeStorage } from "./storage/node-storage.js";
import type { Subscriptions } from "./subscriptions.js";

/** The parts that the services of one node use. */
export interface NodeContext {
  readonly storage: NodeStorage;
  readonly subscriptions: Subscriptions;
  readonly limits: NodeLimits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: NodeMetrics;
}
