import { type FileHandle, open } from "node:fs/promises";
import { decodeElement, type Element } from "@history-sync/archive";
import {
  type ArchiveFormat,
  archiveFormat,
  openArchive,
} from "@history-sync/encryption-codec";
import { concatBytes, streamOf, wipe } from "@history-sync/primitives";
import type { CommandIo } from "./command.js";
import { fileError } from "./errors.js";
import { ProgressBar } from "./progress-bar.js";

export interface ArchiveFileOptions {
  /** Wiped once the archive is read. */
  readonly key: Uint8Array;
  /** Reads legacy xmtp-v0 archives too. */
  readonly allowRepeatedNonce: boolean;
  /** The label of the progress bar. Default: no progress bar. */
  readonly progress?: string | undefined;
}

/** The command line's options for reading an archive. */
export const archiveOptions = {
  key: { type: "string" },
  "key-file": { type: "string" },
  "allow-repeated-nonce": { type: "boolean", default: false },
} as const;

/** The options' lines of `--help`. */
export const archiveOptionsHelp: string = `  --key HEX                the archive's key, 64 hex digits
  --key-file FILE          the same from a file: hex, or 32 raw bytes
  HISTORY_SYNC_KEY         the same from the environment
  --allow-repeated-nonce   read legacy archives, whose records share one nonce
`;

// Enough to recognize every format.
const firstBytes = 16;
// A terminal's progress stays lively, and each read is worth its call.
const chunkBytes = 262_144;

/** An archive in a file, read once from its start to its end. */
export class ArchiveFile implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #size: number;
  readonly #options: ArchiveFileOptions;
  readonly #io: CommandIo;
  #first: Uint8Array = new Uint8Array(0);
  /** Bytes read so far. */
  bytes = 0;

  private constructor(
    file: FileHandle,
    size: number,
    options: ArchiveFileOptions,
    io: CommandIo,
  ) {
    this.#file = file;
    this.#size = size;
    this.#options = options;
    this.#io = io;
  }

  /** @throws {CliError} `unreadable-file` */
  static async open(
    path: string,
    options: ArchiveFileOptions,
    io: CommandIo,
  ): Promise<ArchiveFile> {
    try {
      const file = await open(path);
      const { size } = await file.stat();
      return new ArchiveFile(file, size, options, io);
    } catch (cause) {
      throw fileError("unreadable-file", shown(path), cause);
    }
  }

  /** The format by the first bytes read; undefined before that. */
  get format(): ArchiveFormat | undefined {
    return archiveFormat(this.#first);
  }

  /** Reads the archive's frames, once, and wipes the key. Throws as `openArchive` does. */
  frames(): AsyncGenerator<Uint8Array, void, undefined> {
    const { key, allowRepeatedNonce } = this.#options;
    const { signal } = this.#io;
    const frames = openArchive(streamOf(this.#chunks()), {
      key,
      allowRepeatedNonce,
      ...(signal ? { signal } : {}),
    });
    wipe(key);
    return frames;
  }

  /** Reads the archive's elements, once. Throws as `openArchive` and `decodeElement` do. */
  async *elements(): AsyncGenerator<Element, void, undefined> {
    let position = 0;
    for await (const frame of this.frames()) {
      if (frame.length > 0) yield decodeElement(frame, { position });
      position++;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const { progress } = this.#options;
    using bar =
      progress === undefined
        ? undefined
        : new ProgressBar(this.#io.stderr, progress);
    while (true) {
      const chunk = await this.#read();
      if (chunk.length === 0) return;
      this.bytes += chunk.length;
      if (this.#first.length < firstBytes) {
        this.#first = concatBytes(this.#first, chunk.subarray(0, firstBytes));
      }
      bar?.update(this.bytes, this.#size);
      yield chunk;
    }
  }

  async #read(): Promise<Uint8Array> {
    // A new one each time: frames may be views of it.
    const chunk = new Uint8Array(chunkBytes);
    try {
      const { bytesRead } = await this.#file.read(chunk, 0, chunkBytes);
      return chunk.subarray(0, bytesRead);
    } catch (cause) {
      throw fileError("unreadable-file", "the archive", cause);
    }
  }
}

/** Returns a path for a message. A text that looks like a key is probably one in the wrong place, and isn't printed. */
function shown(path: string): string {
  return /^[0-9a-fA-F]{64}$/.test(path) ? "FILE" : JSON.stringify(path);
}
