import {
  type Clock,
  chunksOf,
  concatBytes,
  equalBytes,
  HistorySyncError,
  streamOf,
  systemClock,
} from "@history-sync/primitives";
import type {
  ArchiveDownloadOptions,
  ArchiveUploadOptions,
  HistoryServer,
} from "../src/index.js";

type ServerFaultCode = "corrupted" | "fault" | "not-found" | "upload-lost";

export class ServerFault extends HistorySyncError<ServerFaultCode> {
  constructor(retryable: boolean, code: ServerFaultCode = "fault") {
    super(code, "as the test wants it", { retryable });
  }
}

/** A history server without HTTP that can be notified to fail. */
export class FakeHistoryServer implements HistoryServer {
  readonly blobs = new Map<string, Uint8Array>();
  /** All that was ever uploaded, whole. */
  readonly uploaded: Uint8Array[] = [];
  /** The servers that uploads went to, in order. */
  readonly servers: string[] = [];
  /** URLs that were deleted, or have expired. */
  readonly gone = new Set<string>();
  /** The offsets of all downloads. */
  readonly offsets: number[] = [];
  uploads = 0;
  /** Thrown instead of the next uploads, first to last. */
  readonly uploadFaults: Error[] = [];
  /** The next downloads break after so many bytes, first to last. */
  readonly downloadCuts: number[] = [];
  /** Holds every download back until it resolves. */
  gate: Promise<void> = Promise.resolve();
  /** The next uploads in pieces break after so many bytes, first to last. */
  readonly uploadCuts: number[] = [];
  /** An upload that is to break waits for it. */
  beforeCut: Promise<unknown> = Promise.resolve();
  /** Bytes that came in uploads, in order; what came again counts again. */
  readonly received: number[] = [];
  /** The bytes that the server has of uploads that were begun. */
  readonly begun = new Map<string, Uint8Array>();
  /** Holds every upload back, after it was begun, until it resolves. */
  uploadGate: Promise<void> = Promise.resolve();
  clock: Clock = systemClock;

  get downloads(): number {
    return this.offsets.length;
  }

  async upload(
    server: string,
    body: ReadableStream<Uint8Array>,
    options: ArchiveUploadOptions = {},
  ): Promise<string> {
    const url = `${server}/files/blob-${this.uploads++}`;
    this.servers.push(server);
    const fault = this.uploadFaults.shift();
    if (fault) {
      await body.cancel();
      throw fault;
    }
    const expiresAtMs = this.clock.nowMs() + (options.expiresInMs ?? 1_000_000);
    const receipt = { url, deletionToken: `token of ${url}`, expiresAtMs };
    this.begun.set(url, new Uint8Array());
    await options.onBegin?.({ ...receipt, uploadUrl: `${url}/tus` });
    await this.#receive(url, body, options);
    options.onReceipt?.(receipt);
    return url;
  }

  async resumeUpload(
    { url, uploadUrl }: { readonly url: string; readonly uploadUrl: string },
    body: ReadableStream<Uint8Array>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<string> {
    if (uploadUrl !== `${url}/tus`) throw new ServerFault(false);
    if (!this.begun.has(url) && !this.blobs.has(url)) {
      await body.cancel();
      throw new ServerFault(false, "upload-lost");
    }
    await this.#receive(url, body, options);
    return url;
  }

  async #receive(
    url: string,
    body: ReadableStream<Uint8Array>,
    { signal }: { readonly signal?: AbortSignal },
  ): Promise<void> {
    await this.uploadGate;
    signal?.throwIfAborted();
    const had = (this.begun.get(url) ?? this.blobs.get(url))?.length ?? 0;
    const cut = this.uploadCuts.shift() ?? Number.POSITIVE_INFINITY;
    let bytes = new Uint8Array();
    for await (const chunk of chunksOf(body)) {
      bytes = concatBytes(bytes, chunk);
      if (bytes.length < cut) continue;
      this.begun.set(url, bytes.slice(0, cut));
      this.received.push(cut - had);
      await this.beforeCut;
      throw new ServerFault(true);
    }
    this.received.push(bytes.length - had);
    const before = this.begun.get(url) ?? bytes;
    if (!equalBytes(before, bytes.subarray(0, before.length))) {
      throw new ServerFault(true, "corrupted");
    }
    this.uploaded.push(bytes);
    this.begun.delete(url);
    this.blobs.set(url, bytes);
  }

  async download(
    url: string,
    { offset = 0 }: ArchiveDownloadOptions = {},
  ): Promise<ReadableStream<Uint8Array>> {
    this.offsets.push(offset);
    await this.gate;
    const blob = this.blobs.get(url);
    if (this.gone.has(url)) throw new ServerFault(false, "not-found");
    if (!blob) throw new ServerFault(false);
    const cut = this.downloadCuts.shift();
    const rest = blob.subarray(offset);
    return cut === undefined ? streamOf([rest]) : broken(rest.subarray(0, cut));
  }

  async deleteBlob(url: string, deletionToken: string): Promise<void> {
    if (deletionToken !== `token of ${url}`) throw new ServerFault(false);
    this.forget(url);
  }

  /** As after its expiry. */
  forget(url: string): void {
    this.blobs.delete(url);
    this.begun.delete(url);
    this.gone.add(url);
  }
}

function broken(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return streamOf(
    (function* () {
      yield bytes;
      throw new ServerFault(true);
    })(),
  );
}
