import { Code, ConnectError } from "@connectrpc/connect";
import { type Clock, systemClock } from "@history-sync/primitives";
import { XmtpNodeClientError } from "./errors.js";

export interface NodeClientOptions {
  readonly clock?: Clock;
  /** For one attempt; `defaultRequestTimeoutMs` where absent. */
  readonly requestTimeoutMs?: number;
  /** Before each further attempt; `defaultRetryWaitsMs` where absent. */
  readonly retryWaitsMs?: readonly number[];
}

/** Generous: a node answers at once, or is busy with a large page. */
export const defaultRequestTimeoutMs = 20_000;
/** libxmtp's. */
export const defaultRetryWaitsMs: readonly number[] = [50, 50, 150, 450, 1350];

/** What every call is given. */
export interface AttemptOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
}

/** Codes of answers that another attempt may change. */
const retryable: ReadonlySet<Code> = new Set([
  Code.Unknown,
  Code.DeadlineExceeded,
  Code.ResourceExhausted,
  Code.Aborted,
  Code.Internal,
  Code.Unavailable,
  Code.Canceled,
]);

/** Calls with deadlines, tried again where that can help. Every call of a node may be repeated. */
export class Calls {
  readonly clock: Clock;
  readonly retryWaitsMs: readonly number[];
  readonly #requestTimeoutMs: number;

  constructor(options: NodeClientOptions) {
    this.clock = options.clock ?? systemClock;
    this.retryWaitsMs = options.retryWaitsMs ?? defaultRetryWaitsMs;
    this.#requestTimeoutMs =
      options.requestTimeoutMs ?? defaultRequestTimeoutMs;
  }

  async call<Answer>(
    attempt: (options: AttemptOptions) => Promise<Answer>,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const options = {
      timeoutMs: this.#requestTimeoutMs,
      ...(signal && { signal }),
    };
    for (let attempts = 0; ; attempts++) {
      signal?.throwIfAborted();
      try {
        return await attempt(options);
      } catch (cause) {
        signal?.throwIfAborted();
        const error = callFailure(cause);
        const waitMs = this.retryWaitsMs[attempts];
        if (!error.retryable || waitMs === undefined) throw error;
        await this.clock.sleep(waitMs, signal);
      }
    }
  }
}

/** Why a call failed, as this package's error. */
export function callFailure(cause: unknown): XmtpNodeClientError {
  if (cause instanceof XmtpNodeClientError) return cause;
  const { code, rawMessage } = ConnectError.from(cause);
  if (!retryable.has(code)) {
    return new XmtpNodeClientError(
      "rejected",
      `the node answered ${Code[code]}: ${rawMessage}`,
      { cause },
    );
  }
  return new XmtpNodeClientError(
    code === Code.DeadlineExceeded ? "deadline" : "unavailable",
    `the call ended with ${Code[code]}`,
    { retryable: true, cause },
  );
}

/** The node's answer isn't what its contract says. */
export function badAnswer(message: string): XmtpNodeClientError {
  return new XmtpNodeClientError("bad-answer", message);
}

/** Splits what one request can't hold: too many items, or together too many bytes. */
export function chunked<Item>(
  items: readonly Item[],
  maxItems: number,
  limit?: ByteLimit<Item>,
): readonly (readonly Item[])[] {
  const chunks: Item[][] = [];
  let chunk: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = limit?.bytesOf(item) ?? 0;
    const isFull =
      chunk.length === maxItems || (limit && bytes + size > limit.maxBytes);
    if (chunk.length === 0 || isFull) {
      chunk = [];
      bytes = 0;
      chunks.push(chunk);
    }
    chunk.push(item);
    bytes += size;
  }
  return chunks;
}

/** An item that is larger by itself has a chunk to itself. */
export interface ByteLimit<Item> {
  readonly bytesOf: (item: Item) => number;
  readonly maxBytes: number;
}
