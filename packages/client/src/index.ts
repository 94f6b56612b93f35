export { Client } from "./client.js";
export {
  type Environment,
  historySyncUrls,
} from "./connection/environments.js";
export { type ClientOptions, createClient } from "./create-client.js";
export { ClientError, type ClientErrorCode } from "./errors.js";
export type { InboxSigner } from "./identity/inbox.js";
export type { InboxState } from "./identity/inbox-state.js";
export {
  type Consent,
  type ConsentEntityType,
  type ConsentState,
  Preferences,
} from "./preferences.js";
