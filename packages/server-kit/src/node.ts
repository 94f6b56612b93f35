export { ServerKitError, type ServerKitErrorCode } from "./errors.js";
export { loadAdapter } from "./load-adapter.js";
