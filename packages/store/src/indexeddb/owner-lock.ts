import { StoreError } from "../errors.js";

export interface OwnerLockOptions {
  /** Waits until whoever has the store lets go of it; without it, `in-use` is thrown at once. */
  readonly wait?: boolean;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/**
 * Makes this tab, or worker, the one that has the store, and gives what lets go of it. A tab that is closed or crashes
 * lets go too. Throws `in-use` and `unsupported`.
 */
export function takeOwnerLock(
  name: string,
  { wait = false, signal }: OwnerLockOptions,
): Promise<() => void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(
        `history-sync store ${name}`,
        { ...(wait ? signal && { signal } : { ifAvailable: true }) },
        (lock) => {
          if (lock) return new Promise<void>(resolve);
          throw new StoreError(
            "in-use",
            "expected a store that nobody has open, got one of another tab or worker",
          );
        },
      )
      .catch(reject);
  });
}
