export { type CheckTimes, checkPending } from "./check-times.js";
export {
  InstallationWatcherError,
  type InstallationWatcherErrorCode,
} from "./errors.js";
export type {
  Finding,
  InstallationWatcher,
  Outcome,
  WatcherPorts,
} from "./installation-watcher.js";
export type { WatcherSettings } from "./settings.js";
export type { Reason } from "./verdict.js";
export { createInstallationWatcher } from "./watcher.js";
