import { XmtpNodeError } from "@history-sync/xmtp-node/storage";
import { JetStreamApiError } from "@nats-io/jetstream";

// https://github.com/nats-io/nats-server/blob/main/server/errors.json
const streamNotFound = 10059;
const wrongLastSequence = 10071;
const insufficientStorage: readonly number[] = [10023, 10047, 10028, 10077];
const messageTooLarge = 10054;

/** Returns true if a publish was refused because another entry of its topic came first. */
export function isConflict(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === wrongLastSequence;
}

export function isStreamMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === streamNotFound;
}

/** Converts an error of NATS to the node's error. Errors that are typed already pass. */
export function natsError(cause: unknown): unknown {
  if (cause instanceof XmtpNodeError) return cause;
  const code = cause instanceof JetStreamApiError ? cause.code : 0;
  const name = cause instanceof Error ? cause.name : typeof cause;
  const isTooLarge =
    code === messageTooLarge ||
    (cause instanceof Error && /max_payload/i.test(cause.message));
  if (isTooLarge) {
    return new XmtpNodeError(
      "too-large",
      "the entry is over NATS' max_payload",
      { cause },
    );
  }
  return new XmtpNodeError(
    insufficientStorage.includes(code) ? "storage-full" : "storage-failed",
    `NATS answered ${name} ${code}`,
    { retryable: true, cause },
  );
}
