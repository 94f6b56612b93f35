import {
  type Clock,
  HistorySyncError,
  readAll,
  streamOf,
  systemClock,
} from "@history-sync/primitives";
import type {
  ArchiveDownloadOptions,
  ArchiveUploadOptions,
  HistoryServer,
} from "../src/index.js";

export class ServerFault extends HistorySyncError<"fault" | "not-found"> {
  constructor(retryable: boolean, code: "fault" | "not-found" = "fault") {
    super(code, "as the test wants it", { retryable });
  }
}

/** A history server without HTTP that can be told to fail. */
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
    await options.onBegin?.(receipt);
    await this.uploadGate;
    options.signal?.throwIfAborted();
    const bytes = await readAll(body);
    this.uploaded.push(bytes);
    this.blobs.set(url, bytes);
    options.onReceipt?.(receipt);
    return url;
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
