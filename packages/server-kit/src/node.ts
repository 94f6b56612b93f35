export {
  clientAddress,
  isLocal,
  type ReceivedRequest,
} from "./client-address.js";
export {
  type CommandProcess,
  jsonLines,
  readTlsFiles,
  type TlsFiles,
  untilStopped,
  versionOf,
} from "./command-process.js";
export { drain, listen, urlOf } from "./listening.js";
export { loadAdapter } from "./load-adapter.js";
export { type Metric, MetricsRegistry } from "./metrics.js";
export {
  choice,
  duration,
  limit,
  optionalText,
  parseDuration,
  parseWholeNumber,
  type SettingHelp,
  type SettingWithFallback,
  text,
  wholeNumber,
} from "./setting-kinds.js";
export {
  type CommandLine,
  readSettings,
  type Setting,
  type SettingsOf,
  type SettingsTable,
  settingsHelp,
  variableOf,
} from "./settings.js";
