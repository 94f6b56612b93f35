import { Backoff, exponentialWaits, unlessAborted } from "@history-sync/async";
import {
  type Clock,
  type Logger,
  silent,
  systemClock,
} from "@history-sync/primitives";
import {
  defaultIdleTimeoutMs,
  defaultMaxBytes,
  defaultTransferTimeoutMs,
} from "./contract/limits.js";
import { HistoryClientError } from "./errors.js";
import type { HistoryServerClientOptions } from "./options.js";
import { Transfer } from "./transfer.js";
import { type AllowedOrigins, allowedOrigins, serverOf } from "./urls.js";

const defaultRetries = 5;
const defaultRetryDelayMs = 1000;
const maxRetryDelayMs = 60_000;

// No cookies, no referrer, no caches, and a redirect is an answer like any other: one that we refuse.
const everyRequest: RequestInit = {
  cache: "no-store",
  credentials: "omit",
  redirect: "manual",
  referrerPolicy: "no-referrer",
};

/** A client's settings, and how it sends. */
export interface Connection {
  readonly allowed: AllowedOrigins;
  readonly maxBytes: number;
  readonly streamUploads: boolean;
  /** True if a request may fail because its server doesn't say that pages of other origins may make it. */
  readonly asksForPages: boolean;
  readonly uploadToken: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** The end of a transfer that begins now. */
  deadlineMs(): number;
  transfer(
    url: string,
    deadlineMs: number,
    signal: AbortSignal | undefined,
  ): Transfer;
  request(
    url: string,
    transfer: Transfer,
    init?: RequestInit,
  ): Promise<Response>;
  /** Counts the breaks of one transfer in a row, and waits after each. */
  retries(signal: AbortSignal | undefined): Backoff;
}

export function connection(options: HistoryServerClientOptions): Connection {
  const { clock = systemClock } = options;
  const idleTimeoutMs = options.requestTimeoutMs ?? defaultIdleTimeoutMs;
  const wholeMs = options.transferTimeoutMs ?? defaultTransferTimeoutMs;
  return {
    allowed: allowedOrigins(options.origins),
    maxBytes: options.maxBytes ?? defaultMaxBytes,
    streamUploads: options.streamUploads ?? !inBrowser(),
    asksForPages: inBrowser(),
    uploadToken: options.uploadToken,
    clock,
    log: options.log ?? silent,
    deadlineMs: () => clock.nowMs() + wholeMs,
    transfer(url, deadlineMs, signal) {
      const transferTimeoutMs = Math.max(0, deadlineMs - clock.nowMs());
      const limits = { idleTimeoutMs, transferTimeoutMs };
      return new Transfer(clock, serverOf(url), limits, signal);
    },
    async request(url, transfer, init = {}) {
      const { signal } = transfer;
      const send = options.fetch ?? fetch;
      signal.throwIfAborted();
      // An injected fetch may not heed its signal.
      return await unlessAborted(
        send(url, { ...everyRequest, ...init, signal }),
        signal,
      );
    },
    retries(signal) {
      const policy = {
        waitMs: exponentialWaits({
          firstMs: options.retryDelayMs ?? defaultRetryDelayMs,
          growth: 2,
          maxMs: maxRetryDelayMs,
          maxRetries: options.retries ?? defaultRetries,
        }),
        // A body that fails with an error of its own can't be read again.
        isRetryable: (error: unknown) =>
          error instanceof HistoryClientError && error.retryable,
      };
      return new Backoff(policy, { clock, signal });
    },
  };
}

function inBrowser(): boolean {
  return "document" in globalThis || "WorkerGlobalScope" in globalThis;
}
