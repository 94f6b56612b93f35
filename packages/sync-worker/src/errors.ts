import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `invalid-reply`: another installation's reply lacks a key of 32 bytes or is of an older protocol; it is not used.
 * - `no-history-server`: `historySyncUrl` is empty, so there is nowhere to send an archive; set it, or name a server.
 */
export type SyncWorkerErrorCode = "invalid-reply" | "no-history-server";

export class SyncWorkerError extends HistorySyncError<SyncWorkerErrorCode> {}
