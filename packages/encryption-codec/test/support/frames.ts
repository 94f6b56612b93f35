import { readAll, streamOf } from "@history-sync/primitives";
import {
  EncryptionCodecError,
  type OpenArchiveOptions,
  openArchive,
  type SealArchiveOptions,
  sealArchive,
} from "../../src/index.js";

/** `Array.fromAsync`, for all platforms that the package runs on. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Cuts bytes into chunks of the given sizes, over and over. */
export function* cut(
  bytes: Uint8Array,
  ...sizes: readonly number[]
): Generator<Uint8Array, void, undefined> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** All frames of an archive that comes in chunks of these sizes, or whole. */
export async function open(
  archive: Uint8Array,
  options: OpenArchiveOptions,
  ...chunkSizes: readonly number[]
): Promise<Uint8Array[]> {
  const stream = streamOf(cut(archive, ...chunkSizes));
  return collect(openArchive(stream, options));
}

export async function seal(
  frames: Iterable<Uint8Array>,
  options: SealArchiveOptions,
): Promise<Uint8Array> {
  return readAll(sealArchive(frames, { format: "xmtp-v0", ...options }));
}

/** The code that opening ends with, or undefined if it opens. Any other error is thrown on. */
export async function codeOf(
  work: Promise<unknown>,
): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof EncryptionCodecError) return error.code;
    throw error;
  }
}
