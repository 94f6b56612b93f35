import type { Clock, Logger, RandomBytes } from "@history-sync/primitives";
import type { Engine } from "./engine/engine.js";
import { MlsGroupError } from "./errors.js";
import type { AuthenticationService } from "./ports/authentication-service.js";
import type { DeliveryService } from "./ports/delivery-service.js";
import type { GroupStateStore } from "./ports/group-state-store.js";

/** The services and system parts that an installation works with. It owns none of them. */
export interface MlsPorts {
  readonly deliveryService: DeliveryService;
  readonly store: GroupStateStore;
  readonly authentication: AuthenticationService;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
}

export interface MlsContext extends MlsPorts {
  readonly engine: Engine;
  /** A member with keys older than this renews them before it sends. */
  readonly keyUpdateIntervalMs: number;
}

/**
 * Calls the delivery service.
 *
 * @throws {MlsGroupError} `delivery-failed`, retryable, for any error of the service.
 */
export async function deliver<Result>(
  work: () => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  signal?.throwIfAborted();
  try {
    return await work();
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new MlsGroupError(
      "delivery-failed",
      "expected an answer of the delivery service, got an error",
      { retryable: true, cause },
    );
  }
}
