export { Client } from "./client.js";
export { type ClientOptions, createClient } from "./create-client.js";
export { type Environment, historySyncUrls } from "./environments.js";
export {
  type Consent,
  type ConsentEntityType,
  type ConsentState,
  Preferences,
} from "./preferences.js";
