import { HistorySyncError, type Logger } from "@history-sync/primitives";

/** Does what something else will do again: a failure that may pass is logged, any other one thrown. */
export async function retryLater(
  work: () => Promise<unknown>,
  log: Logger,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof HistorySyncError) || !error.retryable) throw error;
    log("client.later", { code: error.code });
  }
}
