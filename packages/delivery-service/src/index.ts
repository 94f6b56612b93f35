export {
  defaultRequestTimeoutMs,
  defaultRetryWaitsMs,
  type NodeClientOptions,
} from "./client/calls.js";
export { NodeDeliveryService } from "./client/node-delivery-service.js";
export { NodeIdentityService } from "./client/node-identity-service.js";
export {
  DeliveryServiceError,
  type DeliveryServiceErrorCode,
} from "./errors.js";
