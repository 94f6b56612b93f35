import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { CliError, fileError } from "./errors.js";

export interface NewFileOptions {
  /** True if an existing file is replaced. */
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a stream to a file, completely or not at all: into another file beside `path`, which is renamed once it is on the
 * disk. Only its owner can read it.
 *
 * @throws {CliError} `file-exists` before the stream is read, `unwritable-file`
 */
export async function writeNewFile(
  path: string,
  bytes: () => ReadableStream<Uint8Array>,
  { force, signal }: NewFileOptions,
): Promise<void> {
  if (!force) await refuseExisting(path);
  const partial = `${path}.${randomUUID()}.partial`;
  const file = createWriteStream(partial, {
    flags: "wx",
    mode: 0o600,
    flush: true,
  });
  try {
    await pipeline(bytes(), file, signal ? { signal } : {});
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw isSystemError(error)
      ? fileError("unwritable-file", "the new file", error)
      : error;
  }
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw new CliError(
    "file-exists",
    "the new file is there already; --force replaces it",
  );
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
