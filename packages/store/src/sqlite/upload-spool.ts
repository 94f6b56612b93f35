import { appendFile, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { UploadSpool } from "@history-sync/sync-worker";
import { StoreError } from "../errors.js";

const suffix = ".sealed";
const pieceBytes = 256 * 1024;

/**
 * Keeps sealed archives as files in a folder, which only the user can read. The folder is created when it is needed.
 */
export class FileUploadSpool implements UploadSpool {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async append(id: string, bytes: Uint8Array): Promise<void> {
    await guarded(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await appendFile(this.#file(id), bytes, { mode: 0o600 });
    });
  }

  async flush(id: string): Promise<void> {
    await unlessMissing(undefined, async () => {
      await sync(this.#file(id), "r+");
      // Windows can't open folders, and doesn't need it.
      if (process.platform === "win32") return;
      await sync(this.#folder, "r");
      await sync(dirname(this.#folder), "r");
    });
  }

  size(id: string): Promise<number> {
    return unlessMissing(0, async () => (await stat(this.#file(id))).size);
  }

  async *read(
    id: string,
    offset: number,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const file = await unlessMissing(undefined, () => open(this.#file(id)));
    try {
      for (let at = offset; file; ) {
        const buffer = new Uint8Array(pieceBytes);
        const position = at;
        const { bytesRead } = await guarded(() =>
          file.read(buffer, { position }),
        );
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file?.close();
    }
  }

  async remove(id: string): Promise<void> {
    await guarded(() => rm(this.#file(id), { force: true }));
  }

  async list(): Promise<readonly string[]> {
    const names = await unlessMissing([], () => readdir(this.#folder));
    return names
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length));
  }

  #file(id: string): string {
    return join(this.#folder, `${id}${suffix}`);
  }
}

/** Resolves when everything written to the file or the folder is on the disk. */
async function sync(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unlessMissing<Result>(
  missing: Result,
  work: () => Promise<Result>,
): Promise<Result> {
  return guarded(async () => {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return missing;
      throw error;
    }
  });
}

async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const code = codeOf(cause);
    throw code === "ENOSPC" || code === "EDQUOT"
      ? new StoreError("quota-exceeded", "the disk has no more room", { cause })
      : new StoreError("storage-failed", `the file system failed of ${code}`, {
          cause,
        });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
