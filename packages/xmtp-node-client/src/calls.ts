import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { fixedWaits, retry } from "@history-sync/async";
import { type Clock, systemClock } from "@history-sync/primitives";
import { XmtpNodeClientError } from "./errors.js";

/** The settings of a client. */
export interface NodeClientOptions {
  readonly clock?: Clock;
  /** The deadline of one attempt. Default: {@link defaultRequestTimeoutMs}. */
  readonly requestTimeoutMs?: number;
  /** The waits before each further attempt. Default: {@link defaultRetryWaitsMs}. */
  readonly retryWaitsMs?: readonly number[];
}

/** Generous: a node answers at once, or is busy with a large page. */
export const defaultRequestTimeoutMs = 20_000;
/** libxmtp's. */
export const defaultRetryWaitsMs: readonly number[] = [50, 50, 150, 450, 1350];

/** The options of one attempt of a call. */
export interface AttemptOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
}

/** The codes after which another attempt may succeed. */
const retryable: ReadonlySet<Code> = new Set([
  Code.Unknown,
  Code.DeadlineExceeded,
  Code.ResourceExhausted,
  Code.Aborted,
  Code.Internal,
  Code.Unavailable,
  Code.Canceled,
]);

/** Makes calls with a deadline, and retries those that fail with a retryable error: every call of a node may be repeated. */
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
    return await retry(
      async () => {
        try {
          return await attempt(options);
        } catch (cause) {
          throw callFailure(cause);
        }
      },
      { waitMs: fixedWaits(this.retryWaitsMs) },
      { clock: this.clock, signal },
    );
  }
}

// Kept beside the error, so that other users of the transport get the error of the call unchanged.
const urls = new WeakMap<ConnectError, string>();

/** Remembers the URL of a call that fails, for the message of `callFailure`. */
export const namesUrl: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (cause) {
    const error = ConnectError.from(cause);
    urls.set(error, request.url);
    throw error;
  }
};

/** Returns what a call threw as this package's error. */
export function callFailure(cause: unknown): XmtpNodeClientError {
  if (cause instanceof XmtpNodeClientError) return cause;
  const error = ConnectError.from(cause);
  const url = urls.get(error);
  const { code, rawMessage } = error;
  const place = url === undefined ? "" : `${url}: `;
  if (!retryable.has(code)) {
    return new XmtpNodeClientError(
      "rejected",
      `${place}the node answered ${Code[code]}: ${rawMessage}`,
      { cause },
    );
  }
  return new XmtpNodeClientError(
    code === Code.DeadlineExceeded ? "deadline" : "unavailable",
    `${place}the call ended with ${Code[code]}`,
    { retryable: true, cause },
  );
}

/** Returns the error for an answer that breaks the contract of a node. */
export function badAnswer(message: string): XmtpNodeClientError {
  return new XmtpNodeClientError("bad-answer", message);
}

/** Splits items into chunks that one request can hold, by number and by bytes. */
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

/** The limit of bytes in a chunk. An item above it has a chunk of its own. */
export interface ByteLimit<Item> {
  readonly bytesOf: (item: Item) => number;
  readonly maxBytes: number;
}
