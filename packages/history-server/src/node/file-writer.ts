import { type FileHandle, open } from "node:fs/promises";
import { releaseChunk } from "../buffers.js";
import { Pace } from "./pace.js";

const syncEveryBytes = 16 * 1024 ** 2;
/** Chunks of a few bytes each don't wait until they are a whole piece: each takes some hundred bytes besides its own. */
const mostChunks = 256;

/** Writes a new file from its start to its end: the next chunks come while those before go to disk. */
export class FileWriter {
  readonly #path: string;
  #handle: FileHandle | undefined;
  readonly #pace: Pace = new Pace();
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #unsyncedBytes = 0;
  #isSyncing = false;
  #syncing: Promise<void> = Promise.resolve();

  /** The file is made by the first `add` or `end`. */
  constructor(path: string) {
    this.#path = path;
  }

  /** The chunk belongs to the writer now, which gives its memory back once it is written. */
  async add(chunk: Uint8Array): Promise<void> {
    if (!this.#handle) await this.#opened();
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const isPiece = this.#bytes >= this.#pace.pieceBytes;
    if (isPiece) this.#pace.passed();
    if (isPiece || this.#chunks.length >= mostChunks) await this.#flush();
  }

  /** Resolves when everything is written, these last bytes too. */
  async end(last?: Uint8Array): Promise<void> {
    if (last) await this.add(last);
    await this.#flush();
    await this.#writing;
    await this.#syncing;
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
    const chunks = this.#chunks;
    this.#unsyncedBytes += this.#bytes;
    this.#chunks = [];
    this.#bytes = 0;
    await this.#writing;
    this.#writing = writeAll(handle, chunks);
    // It is awaited later; until then its failure must not count as unhandled.
    this.#writing.catch(() => {});
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

async function writeAll(
  handle: FileHandle,
  chunks: readonly Uint8Array[],
): Promise<void> {
  for (let left = chunks; left.length > 0; ) {
    const { bytesWritten } = await handle.writev(left);
    left = behind(left, bytesWritten);
  }
  for (const chunk of chunks) releaseChunk(chunk);
}

/** Returns the chunks without their first bytes: one write may accept less than it was given. */
function behind(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let at = 0;
  const parts = chunks.map((chunk) => {
    const part = chunk.subarray(Math.max(0, bytes - at));
    at += chunk.length;
    return part;
  });
  return parts.filter(({ length }) => length > 0);
}
