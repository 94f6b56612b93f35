import {
  type Clock,
  type Logger,
  silent,
  systemClock,
  unlessAborted,
} from "@history-sync/primitives";
import {
  defaultIdleTimeoutMs,
  defaultMaxBytes,
  defaultTransferTimeoutMs,
} from "./contract/limits.js";
import { HistoryClientError } from "./errors.js";
import type { HistoryServerClientOptions } from "./options.js";
import { Transfer } from "./transfer.js";
import { type AllowedOrigins, allowedOrigins } from "./urls.js";

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
  /** Whether a request may fail because its server doesn't say that pages of other origins may make it. */
  readonly asksForPages: boolean;
  readonly uploadToken: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** The end of a transfer that begins now. */
  deadlineMs(): number;
  transfer(deadlineMs: number, signal: AbortSignal | undefined): Transfer;
  request(
    url: string,
    transfer: Transfer,
    init?: RequestInit,
  ): Promise<Response>;
  retries(): Retries;
}

/** Decides whether a transfer that broke goes on. */
export interface Retries {
  /** Something came through: the count begins anew. */
  progressed(): void;
  /** Waits before the next try, or throws what it is given where trying again is no use. */
  after(error: unknown, signal: AbortSignal | undefined): Promise<void>;
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
    transfer(deadlineMs, signal) {
      const transferTimeoutMs = Math.max(0, deadlineMs - clock.nowMs());
      const limits = { idleTimeoutMs, transferTimeoutMs };
      return new Transfer(clock, limits, signal);
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
    retries() {
      const most = options.retries ?? defaultRetries;
      const firstDelayMs = options.retryDelayMs ?? defaultRetryDelayMs;
      let tried = 0;
      return {
        progressed() {
          tried = 0;
        },
        async after(error, signal) {
          const canHelp =
            error instanceof HistoryClientError && error.retryable;
          if (!canHelp || tried >= most) throw error;
          const delayMs = Math.min(firstDelayMs * 2 ** tried, maxRetryDelayMs);
          tried++;
          if (delayMs > 0) await clock.sleep(delayMs, signal);
        },
      };
    },
  };
}

function inBrowser(): boolean {
  return "document" in globalThis || "WorkerGlobalScope" in globalThis;
}
