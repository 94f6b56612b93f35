import { type FileHandle, open } from "node:fs/promises";
import { bufferOf, release } from "../buffers.js";
import type { Room } from "../piece-reader.js";
import { Pace } from "./pace.js";

const syncEveryBytes = 16 * 1024 ** 2;

/** Writes a new file from its start to its end: one piece of it is filled while the one before goes to disk. */
export class FileWriter implements Room {
  readonly #path: string;
  #handle: FileHandle | undefined;
  readonly #pace: Pace = new Pace();
  #piece: ArrayBuffer;
  #filled = 0;
  /** Of pieces that are written. */
  #free: ArrayBuffer[] = [];
  #writing: Promise<void> = Promise.resolve();
  #unsyncedBytes = 0;
  #isSyncing = false;
  #syncing: Promise<void> = Promise.resolve();

  /** The file is made by the first `makeRoom` or `end`. */
  constructor(path: string) {
    this.#path = path;
    this.#piece = new ArrayBuffer(this.#pace.pieceBytes);
  }

  lend(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#piece, this.#filled);
  }

  take(bytes: Uint8Array<ArrayBuffer>): void {
    this.#piece = bytes.buffer;
    this.#filled += bytes.length;
  }

  /** To be called after each `take`: what was taken is written once it is a whole piece. */
  async makeRoom(): Promise<void> {
    await this.#opened();
    if (this.#filled < this.#piece.byteLength) return;
    this.#pace.passed();
    await this.#flush();
    this.#piece = bufferOf(this.#pace.pieceBytes, this.#free.pop());
  }

  /** Resolves when everything is written, these last bytes too. */
  async end(last: Uint8Array = new Uint8Array()): Promise<void> {
    await this.#flush();
    await this.#writing;
    await writeAll(await this.#opened(), last);
    await this.#syncing;
    for (const buffer of this.#free) release(buffer);
  }

  /** Forces what is written to disk. */
  async sync(): Promise<void> {
    await (await this.#opened()).sync();
  }

  /** Closes the file, whole or not. */
  async close(): Promise<void> {
    await this.#handle?.close();
  }

  async #opened(): Promise<FileHandle> {
    // "wx" because a name that exists can't be ours.
    this.#handle ??= await open(this.#path, "wx", 0o600);
    return this.#handle;
  }

  async #flush(): Promise<void> {
    const handle = await this.#opened();
    const piece = this.#piece;
    const bytes = new Uint8Array(piece, 0, this.#filled);
    this.#filled = 0;
    await this.#writing;
    this.#writing = writeAll(handle, bytes).then(() => {
      this.#free.push(piece);
    });
    // It is awaited later; until then nobody else may take its failure for unhandled.
    this.#writing.catch(() => {});
    this.#unsyncedBytes += bytes.length;
    if (this.#unsyncedBytes >= syncEveryBytes) this.#syncBehind(handle);
  }

  /** The disk works while the next bytes come, so that little is left for the sync at the end. */
  #syncBehind(handle: FileHandle): void {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    this.#unsyncedBytes = 0;
    // The kernel tells of a failure once, so that this one is the upload's: no sync comes after it, and `end` throws it.
    this.#syncing = handle.datasync().then(() => {
      this.#isSyncing = false;
    });
    this.#syncing.catch(() => {});
  }
}

/** One write may take less than it was given. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await handle.write(bytes, at)).bytesWritten;
  }
}
