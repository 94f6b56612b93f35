import { HistorySyncError } from "@history-sync/primitives";

/** The codes of `ServerKitError`, which the start of a command throws. */
export type ServerKitErrorCode =
  /** A flag needs a package that isn't installed. The message names it. */
  | "missing-package"
  /** A flag or an environment variable has no such value. The message says what is expected. */
  | "invalid-setting"
  /** A flag or an environment variable with the command's prefix is unknown. See `--help`. */
  | "unknown-setting";

/** The error of everything in this package. */
export class ServerKitError extends HistorySyncError<ServerKitErrorCode> {}
