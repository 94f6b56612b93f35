/** The bucket that sealed archives travel through; `@history-sync/history-client` has one. */
export interface HistoryServer {
  /** Stores the whole body and gives the URL that it can be had from. */
  upload(
    serverUrl: string,
    body: ReadableStream<Uint8Array>,
    options?: ArchiveUploadOptions,
  ): Promise<string>;
  /**
   * Sends what the server lacks of the body, which is given from its first byte, and gives the archive's URL. Throws an error
   * with the code `upload-lost` where the server has forgotten the upload. Absent: uploads start again.
   */
  resumeUpload?(
    upload: Pick<BegunUpload, "url" | "uploadUrl">,
    body: ReadableStream<Uint8Array>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<string>;
  download(
    url: string,
    options?: ArchiveDownloadOptions,
  ): Promise<ReadableStream<Uint8Array>>;
  /** Deletes an archive, or what came of one, by its uploader's token. Absent: archives stay until they expire. */
  deleteBlob?(
    url: string,
    deletionToken: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<unknown>;
}

/** How the worker uploads an archive, with calls for the steps that it persists. */
export interface ArchiveUploadOptions {
  /** How long the server is to keep it, at most. */
  readonly expiresInMs?: number;
  /** An upload in pieces has begun: awaited before its first byte is sent. */
  readonly onBegin?: (begun: BegunUpload) => Promise<void>;
  /** The archive is stored. */
  readonly onReceipt?: (receipt: UploadReceipt) => void;
  readonly signal?: AbortSignal;
}

/** How the worker downloads an archive. */
export interface ArchiveDownloadOptions {
  /** Bytes to leave out at the start. */
  readonly offset?: number;
  readonly signal?: AbortSignal;
}

/** An upload in pieces, with what only its uploader knows. */
export interface BegunUpload extends UploadReceipt {
  /** Where the pieces go. */
  readonly uploadUrl: string;
}

/** An archive's details that only its uploader knows. */
export interface UploadReceipt {
  readonly url: string;
  readonly deletionToken?: string;
  /** In milliseconds since the Unix epoch. */
  readonly expiresAtMs?: number;
}
