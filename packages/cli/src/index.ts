export type { CommandIo, ExitCode, Output } from "./command.js";
export { CliError, type CliErrorCode } from "./errors.js";
export { runCommand } from "./run-command.js";
