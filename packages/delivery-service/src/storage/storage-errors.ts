import { DeliveryServiceError } from "../errors.js";

/** Another entry came first. */
export function conflict(expected: bigint, got: bigint): DeliveryServiceError {
  return new DeliveryServiceError(
    "conflict",
    `expected the topic to end at ${expected}, it ends at ${got}`,
    { retryable: true },
  );
}

export function storageClosed(): DeliveryServiceError {
  return new DeliveryServiceError("closed", "the storage was closed", {
    retryable: true,
  });
}
