export {
  defaultRequestTimeoutMs,
  defaultRetryWaitsMs,
  type NodeClientOptions,
} from "./calls.js";
export {
  XmtpNodeClientError,
  type XmtpNodeClientErrorCode,
} from "./errors.js";
export { NodeDeliveryService } from "./node-delivery-service.js";
export { NodeIdentityService } from "./node-identity-service.js";
