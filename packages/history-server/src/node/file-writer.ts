import type { FileHandle } from "node:fs/promises";
import { Pace } from "./pace.js";

const syncEveryBytes = 16 * 1024 ** 2;

/** Writes chunks behind one another: gathers the next ones while the last ones go to disk. */
export class FileWriter {
  readonly #handle: FileHandle;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  readonly #pace: Pace = new Pace();
  #writing: Promise<void> = Promise.resolve();
  #unsyncedBytes = 0;
  #syncing: Promise<void> | undefined;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Keeps the chunk until it is written: it must not change. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes < this.#pace.pieceBytes) return;
    this.#pace.passed();
    await this.#flush();
  }

  async end(): Promise<void> {
    await this.#flush();
    await this.#writing;
    await this.#syncing;
  }

  async #flush(): Promise<void> {
    const chunks = this.#gathered;
    const bytes = this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    await this.#writing;
    if (chunks.length === 0) return;
    this.#writing = writeAll(this.#handle, chunks, bytes);
    this.#unsyncedBytes += bytes;
    if (this.#unsyncedBytes >= syncEveryBytes) this.#syncBehind();
    // It is awaited later; until then nobody else may take its failure for unhandled.
    this.#writing.catch(() => {});
  }

  /** The disk works while the next bytes come, so that little is left for the sync at the end. */
  #syncBehind(): void {
    if (this.#syncing) return;
    this.#unsyncedBytes = 0;
    this.#syncing = this.#handle.datasync().finally(() => {
      this.#syncing = undefined;
    });
    this.#syncing.catch(() => {});
  }
}

async function writeAll(
  handle: FileHandle,
  chunks: readonly Uint8Array[],
  bytes: number,
): Promise<void> {
  const { bytesWritten } = await handle.writev(chunks);
  if (bytesWritten === bytes) return;
  // One write may take less than it was given.
  let done = bytesWritten;
  for (const chunk of chunks) {
    const skipped = Math.min(done, chunk.length);
    done -= skipped;
    for (let at = skipped; at < chunk.length; ) {
      at += (await handle.write(chunk, at)).bytesWritten;
    }
  }
}
