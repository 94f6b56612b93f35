import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../errors.js";

const busy = 5; // SQLITE_BUSY

/**
 * Makes whoever calls the one that has the store in a file, and gives what lets go of it. It is a lock of the operating
 * system on an empty file beside it, which goes with the process, however that ends; the file stays. Throws `in-use`.
 */
export function takeOwnerLock(path: string): () => void {
  const lock = new DatabaseSync(`${path}-lock`);
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw isBusy(error) ? inUse(error) : error;
  }
  return () => lock.close();
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === busy;
}

function inUse(cause: unknown): StoreError {
  return new StoreError(
    "in-use",
    "expected a store that nobody has open, got one that is open in this process or another",
    { cause },
  );
}
