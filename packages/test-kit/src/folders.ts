import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new folder in the system's temporary one; its owner disposes of it. */
export class TemporaryFolder implements AsyncDisposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "history-sync-"));

  /** The path of a file or folder of this name in it, which need not exist. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Removes the folder with all that is in it. */
  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

/** Returns a new folder that is removed when the running test has finished. */
export function temporaryFolder(): TemporaryFolder {
  const folder = new TemporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  return folder;
}
