export {
  InstallationWatcherError,
  type InstallationWatcherErrorCode,
} from "./errors.js";
export type { Finding, Outcome } from "./finding.js";
export {
  createInstallationWatcher,
  type InstallationWatcher,
} from "./installation-watcher.js";
export { type LookTimes, lookOwed } from "./look-times.js";
export type { WatcherPorts } from "./ports.js";
export type { WatcherSettings } from "./settings.js";
export type { Reason } from "./verdict.js";
