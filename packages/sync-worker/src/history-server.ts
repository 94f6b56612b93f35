/** The bucket that sealed archives travel through; `@history-sync/history-server/client` is one. */
export interface HistoryServer {
  /** Stores the whole body and gives the URL that it can be had from. */
  upload(
    serverUrl: string,
    body: ReadableStream<Uint8Array>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<string>;
  download(
    url: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<ReadableStream<Uint8Array>>;
}
