import { HistorySyncError } from "@history-sync/primitives";

/** - `missing-package`: a flag needs a package that is not installed; the message names it. */
export type ServerKitErrorCode = "missing-package";

/** The error of everything in this package. */
export class ServerKitError extends HistorySyncError<ServerKitErrorCode> {}
