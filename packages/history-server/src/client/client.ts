import {
  type Clock,
  type Logger,
  silent,
  systemClock,
} from "@history-sync/primitives";
import { isBlobId } from "../blob-id.js";
import {
  defaultIdleTimeoutMs,
  defaultMaxBytes,
  defaultTransferTimeoutMs,
  slowestBytesPerMs,
} from "../limits.js";
import { tooLarge } from "../upload-body.js";
import { badAnswer, errorOfAnswer } from "./answer-errors.js";
import {
  incoming,
  type Outgoing,
  outgoing,
  shortText,
  untilEnded,
} from "./streams.js";
import { Transfer } from "./transfer.js";
import { allowedOrigins, checkedBlobUrl, checkedServerUrl } from "./urls.js";

export interface HistoryServerClientOptions {
  /** The system's where absent. */
  readonly fetch?: typeof fetch;
  /**
   * The origins to talk to, such as `https://history.example.org`. Give it wherever an address comes from someone else:
   * without it any https origin and this machine itself are allowed.
   */
  readonly origins?: readonly string[];
  /** The longest wait for a sign of life: a connection, bytes taken, an answer, bytes sent. `defaultIdleTimeoutMs` where absent. */
  readonly requestTimeoutMs?: number;
  /** The longest duration of one whole upload or download; `defaultTransferTimeoutMs` where absent. */
  readonly transferTimeoutMs?: number;
  /** Of one upload or download; `defaultMaxBytes` where absent. */
  readonly maxBytes?: number;
  /**
   * Whether `fetch` sends a stream as it comes. Where absent: yes, but not in browsers, which can do so only over HTTP/2
   * or not at all; there the body is gathered into a Blob first, which browsers keep on disk when it is large.
   */
  readonly streamUploads?: boolean;
  readonly clock?: Clock;
  /** Events: `uploaded`, `download-started`, with sizes. */
  readonly log?: Logger;
}

export interface UploadOptions {
  /** Called with the bytes sent so far; once, at the end, where the body can't be streamed. */
  readonly onProgress?: (sentBytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal;
}

/**
 * Uploads to and downloads from history servers, XMTP's own included.
 *
 * Everything that fails throws `HistoryServerError`, with `retryable` set where the same call can succeed later;
 * but an abort throws the signal's reason, and a body that fails throws its own error.
 */
export interface HistoryServerClient {
  /** Sends a body and gives its address, `{serverUrl}/files/{id}`. */
  upload(
    serverUrl: string,
    body: ReadableStream<Uint8Array>,
    options?: UploadOptions,
  ): Promise<string>;
  /** Resolves when the server has started to answer; what breaks later errors the stream. */
  download(
    url: string,
    options?: DownloadOptions,
  ): Promise<ReadableStream<Uint8Array>>;
}

const maxIdAnswerBytes = 256;

// No cookies, no referrer, no caches, and a redirect is an answer like any other: one that we refuse.
const everyRequest: RequestInit = {
  cache: "no-store",
  credentials: "omit",
  redirect: "manual",
  referrerPolicy: "no-referrer",
};

export function historyServerClient(
  options: HistoryServerClientOptions = {},
): HistoryServerClient {
  const {
    maxBytes = defaultMaxBytes,
    streamUploads = !inBrowser(),
    clock = systemClock,
    log = silent,
  } = options;
  const allowed = allowedOrigins(options.origins);
  const limits = {
    idleTimeoutMs: options.requestTimeoutMs ?? defaultIdleTimeoutMs,
    transferTimeoutMs: options.transferTimeoutMs ?? defaultTransferTimeoutMs,
  };
  const request = async (
    url: string,
    transfer: Transfer,
    init: RequestInit = {},
  ): Promise<Response> => {
    const { signal } = transfer;
    const send = options.fetch ?? fetch;
    signal.throwIfAborted();
    return await untilEnded(
      send(url, { ...everyRequest, ...init, signal }),
      transfer,
    );
  };
  const post = async (
    url: string,
    body: Outgoing,
    transfer: Transfer,
  ): Promise<Response> => {
    if (streamUploads) {
      return await request(url, transfer, {
        method: "POST",
        body: body.stream,
        duplex: "half",
        // With any other mode Node's fetch keeps all that it has sent, for a redirect that may come.
        // https://github.com/nodejs/undici/issues/4058
        redirect: "error",
      } as RequestInit);
    }
    const blob = await gathered(body.stream, transfer);
    transfer.serverTurn(blob.size / slowestBytesPerMs);
    return await request(url, transfer, { method: "POST", body: blob });
  };

  return {
    async upload(serverUrl, body, { onProgress = () => {}, signal } = {}) {
      const transfer = new Transfer(clock, limits, signal);
      const whileSent = streamUploads ? onProgress : () => {};
      const sending = outgoing(body, transfer, maxBytes, whileSent);
      try {
        const server = checkedServerUrl(serverUrl, allowed);
        transfer.serverTurn();
        const response = await post(`${server}/upload`, sending, transfer);
        if (!response.ok) throw errorOfAnswer(response);
        const id = await shortText(response, transfer, maxIdAnswerBytes);
        if (!isBlobId(id)) {
          throw badAnswer(`expected an id, got ${id.length} other characters`);
        }
        if (!streamUploads) onProgress(sending.sentBytes());
        log("uploaded", { bytes: sending.sentBytes() });
        return `${server}/files/${id}`;
      } catch (error) {
        const failure = sending.sourceFailure();
        throw failure ? failure.cause : transfer.failure(error);
      } finally {
        sending.abandon();
        transfer.end();
      }
    },

    async download(url, { signal } = {}) {
      const checked = checkedBlobUrl(url, allowed);
      const transfer = new Transfer(clock, limits, signal);
      try {
        transfer.serverTurn();
        const response = await request(checked, transfer);
        if (response.status !== 200) throw errorOfAnswer(response);
        const length = response.headers.get("content-length");
        if (Number(length ?? 0) > maxBytes) throw tooLarge(maxBytes);
        if (!response.body) throw badAnswer("expected a body, got none");
        log("download-started", { bytes: Number(length ?? 0) });
        transfer.ownTurn();
        return incoming(response.body, transfer, maxBytes);
      } catch (error) {
        const failure = transfer.failure(error);
        transfer.end();
        throw failure;
      }
    },
  };
}

function gathered(
  stream: ReadableStream<Uint8Array>,
  transfer: Transfer,
): Promise<Blob> {
  const body = stream as ReadableStream<Uint8Array<ArrayBuffer>>;
  return untilEnded(new Response(body).blob(), transfer);
}

function inBrowser(): boolean {
  return "document" in globalThis || "WorkerGlobalScope" in globalThis;
}
