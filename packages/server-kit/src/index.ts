export {
  AddressConcurrency,
  AddressRates,
  type ConcurrencyLimits,
  networkOf,
} from "./address-limits.js";
export { ServerKitError, type ServerKitErrorCode } from "./errors.js";
