import type { Clock, Logger } from "@history-sync/primitives";

/** How a client reaches history servers. */
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
   * How often a broken transfer is resumed before it fails, counted again from every byte that arrives;
   * 5 where absent, 0 for never.
   */
  readonly retries?: number;
  /** The first wait before a retry; it doubles up to a minute. 1 second where absent. */
  readonly retryDelayMs?: number;
  /**
   * True if `fetch` sends a stream as it comes, for servers that take uploads as a whole only. Where absent: yes, but not in
   * browsers, which can do so only over HTTP/2 or not at all; there the body is gathered into a Blob first, which browsers
   * keep on disk when it is large.
   */
  readonly streamUploads?: boolean;
  /** Sent with uploads, for servers that ask for one. */
  readonly uploadToken?: string;
  readonly clock?: Clock;
  /** Events: `uploaded`, `download-started`, `transfer-resumed`, with sizes. */
  readonly log?: Logger;
}

/** A blob's details that only its uploader knows. */
export interface UploadReceipt {
  readonly url: string;
  /** For `deleteBlob`. Absent where the server gives none. */
  readonly deletionToken?: string;
  /** In milliseconds since the Unix epoch. Absent where the server doesn't say. */
  readonly expiresAtMs?: number;
}

/** The options of a new blob. */
export interface NewUploadOptions {
  /** How long the server keeps the blob; its own time, and at most that, where absent. XMTP's server doesn't heed it. */
  readonly expiresInMs?: number;
  /** The blob is deleted once it was downloaded to its end. XMTP's server doesn't heed it. */
  readonly once?: boolean;
  readonly signal?: AbortSignal;
}

/** How the bytes of an upload are sent. */
export interface SendOptions {
  /** Called with the bytes that are safe so far; where the body can't be streamed once, at the end. */
  readonly onProgress?: (sentBytes: number) => void;
  readonly signal?: AbortSignal;
}

/** How one blob is uploaded, with calls for the steps of an upload in pieces. */
export interface UploadOptions extends NewUploadOptions, SendOptions {
  /**
   * Called when an upload in pieces has begun, and awaited before its first piece is sent. With it a small body goes this
   * way too, where the server takes pieces.
   */
  readonly onBegin?: (upload: ResumableUpload) => Promise<void>;
  /** Called when the blob is stored. */
  readonly onReceipt?: (receipt: UploadReceipt) => void;
}

/** How one blob is downloaded. */
export interface DownloadOptions {
  /** Bytes to leave out at the start; 0 where absent. Then the SHA-256 of the whole isn't compared. */
  readonly offset?: number;
  readonly signal?: AbortSignal;
}

/** An upload in pieces, begun: plain data, to be stored where a restart finds it again. It is the right to write the blob. */
export interface ResumableUpload extends UploadReceipt {
  /** Where the pieces go. */
  readonly uploadUrl: string;
}

/**
 * Uploads to and downloads from history servers, XMTP's own included.
 *
 * Everything that fails throws `HistoryClientError`, with `retryable` set where the same call can succeed later;
 * but an abort throws the signal's reason, and a body that fails throws its own error.
 */
export interface HistoryServerClient {
  /**
   * Sends a body and gives its address, `{serverUrl}/files/{id}`. A large one goes in pieces where the server takes them, and
   * resumes after a break; at the end the SHA-256 of the stored bytes is compared with that of the sent ones.
   */
  upload(
    serverUrl: string,
    body: ReadableStream<Uint8Array>,
    options?: UploadOptions,
  ): Promise<string>;
  /** Begins an upload in pieces that can outlive this process; undefined where the server takes none. */
  createUpload(
    serverUrl: string,
    options?: NewUploadOptions,
  ): Promise<ResumableUpload | undefined>;
  /**
   * Sends what the server lacks of a body, given from its first byte, and gives the blob's address. It must be the same body
   * each time.
   *
   * @throws {HistoryClientError} `upload-lost` if the server no longer has the upload
   */
  resumeUpload(
    upload: ResumableUpload,
    body: ReadableStream<Uint8Array>,
    options?: SendOptions,
  ): Promise<string>;
  /**
   * Resolves when the server has started to answer. A body that breaks is resumed, with servers that can;
   * what can't be mended errors the stream, and so do bytes of another SHA-256 than the server's answer names.
   */
  download(
    url: string,
    options?: DownloadOptions,
  ): Promise<ReadableStream<Uint8Array>>;
  /** Deletes a blob by its uploader's token, or the upload that was to become it; whether either was still there. */
  deleteBlob(
    url: string,
    deletionToken: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<boolean>;
}
