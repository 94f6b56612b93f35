import { HistorySyncError } from "@history-sync/primitives";

/** What a log may say of an error. */
export function codeOf(error: unknown): string {
  return error instanceof HistorySyncError ? error.code : "unexpected";
}
