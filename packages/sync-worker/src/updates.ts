import type { ImportReceipt } from "@history-sync/archive";
import type { InstallationId } from "@history-sync/primitives";
import type { HistoryOptions } from "./options.js";
import type { SyncRequest } from "./sync-request.js";

/** What the worker tells whoever watches. */
export type SyncUpdate =
  /** A request entered a new stage, or another installation acknowledged it. */
  | { readonly type: "stage"; readonly request: SyncRequest }
  /** An installation asks for history, and this one's user has to say yes or no. */
  | {
      readonly type: "approval";
      readonly requestId: string;
      readonly requester: InstallationId;
      /** The user compares them with what the other installation shows. */
      readonly words: readonly string[];
      /** What is asked for. */
      readonly options: HistoryOptions;
    }
  | {
      readonly type: "progress";
      readonly requestId: string;
      readonly phase: "exporting" | "importing";
      /** Elements done so far. Of an import: those that are there for good, to be shown while the rest comes. */
      readonly elements: number;
      /** Bytes of the sealed archive that passed so far. */
      readonly bytes: number;
    }
  /** An archive is in: what of it came, conversation by conversation, where the archive says what it holds. */
  | {
      readonly type: "receipt";
      readonly requestId: string;
      readonly receipt: ImportReceipt;
    }
  /** Consent or the HMAC key came from another installation, or from an archive. */
  | { readonly type: "preferences" };

export interface ProgressCounter {
  /** So many elements are done. */
  readonly elements: (done: number) => void;
  /** So many bytes more have passed. */
  readonly bytes: (more: number) => void;
}

const maxQueued = 1_000;

/** Hands every update to every watcher; one that doesn't keep up loses progress first, then its oldest. */
export class Updates {
  readonly #watchers = new Set<Watcher>();
  #closed = false;

  publish(update: SyncUpdate): void {
    for (const watcher of this.#watchers) watcher.push(update);
  }

  /** Counts what an export or an import has done, and tells. */
  progress(
    requestId: string,
    phase: "exporting" | "importing",
  ): ProgressCounter {
    let elements = 0;
    let bytes = 0;
    const tell = () =>
      this.publish({ type: "progress", requestId, phase, elements, bytes });
    return {
      elements: (done) => {
        elements = done;
        tell();
      },
      bytes: (more) => {
        bytes += more;
        tell();
      },
    };
  }

  /** Watching begins with this call, not with the first read. */
  watch(signal?: AbortSignal): AsyncIterableIterator<SyncUpdate> {
    const watcher = new Watcher(() => this.#watchers.delete(watcher));
    this.#watchers.add(watcher);
    if (signal?.aborted || this.#closed) watcher.close();
    signal?.addEventListener("abort", () => watcher.close(), { once: true });
    return watcher;
  }

  /** Ends all watchers, and those that begin later. */
  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers) watcher.close();
  }
}

class Watcher implements AsyncIterableIterator<SyncUpdate> {
  readonly #leave: () => void;
  #queue: SyncUpdate[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  push(update: SyncUpdate): void {
    if (this.#queue.length >= maxQueued) {
      const spare = this.#queue.findIndex(({ type }) => type === "progress");
      this.#queue.splice(Math.max(spare, 0), 1);
    }
    this.#queue.push(update);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#leave();
    this.#wake?.();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<SyncUpdate>> {
    while (true) {
      const update = this.#queue.shift();
      if (update) return { done: false, value: update };
      if (this.#closed) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<SyncUpdate>> {
    this.close();
    return { done: true, value: undefined };
  }
}
