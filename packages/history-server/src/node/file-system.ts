import { open } from "node:fs/promises";
import { isMissing, storageError } from "./storage-error.js";

/** Runs work on the file system; its faults become this package's errors. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}

/** As `guarded`, and undefined where the file isn't there. */
export async function unlessMissing<T>(
  work: () => Promise<T>,
): Promise<T | undefined> {
  return await guarded(async () => {
    try {
      return await work();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

/**
 * Forces a folder's entries to disk: a rename survives a power cut only then. Who calls while one is under way shares the
 * next one. Windows can't open folders and doesn't need it.
 */
export function folderSync(folder: string): () => Promise<void> {
  if (process.platform === "win32") return async () => {};
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= running
      .catch(() => {})
      .then(() => {
        running = syncFolder(folder);
        next = undefined;
        return running;
      });
    return next;
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
