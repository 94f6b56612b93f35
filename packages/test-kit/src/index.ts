export {
  type CrashReport,
  crashReportEnvironment,
  takeCrashReports,
} from "./crash-reports.js";
