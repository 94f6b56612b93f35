import type { ImportReceipt } from "@history-sync/archive";
import { Broadcast } from "@history-sync/async";
import type { InstallationId } from "@history-sync/primitives";
import { SyncWorkerError } from "../errors.js";
import type { HistoryOptions } from "./options.js";
import type { SyncRequest } from "./sync-request.js";

/** An update that `updates` emits. */
export type SyncUpdate =
  /** A request entered a new stage, or another installation acknowledged it. */
  | { readonly type: "stage"; readonly request: SyncRequest }
  /** Another installation requests history, and this one's user has to approve or decline. */
  | {
      readonly type: "approval";
      readonly requestId: string;
      readonly requester: InstallationId;
      /** The words that the requester shows too. */
      readonly comparisonWords: readonly string[];
      /** The history that is requested. */
      readonly options: HistoryOptions;
    }
  | {
      readonly type: "progress";
      readonly requestId: string;
      readonly phase: "exporting" | "importing";
      /** Elements done so far. Imported ones are durable, and can be shown while the rest arrives. */
      readonly elements: number;
      /** Bytes of the sealed archive transferred so far. */
      readonly bytes: number;
    }
  /** An archive was imported: what arrived of each conversation, if the archive has a manifest. */
  | {
      readonly type: "receipt";
      readonly requestId: string;
      readonly receipt: ImportReceipt;
    }
  /** Consent or the HMAC key changed, by another installation or an archive. */
  | { readonly type: "preferences" };

/** Counts what an export or an import has done. */
export interface ProgressCounter {
  /** Sets the number of elements done. */
  readonly elements: (done: number) => void;
  /** Adds transferred bytes. */
  readonly bytes: (more: number) => void;
}

const capacity = 1_000;

/** Emits updates to all subscribers. */
export class Updates {
  readonly #broadcast = new Broadcast<SyncUpdate>({
    capacity,
    overflowError: (unread) =>
      new SyncWorkerError(
        "updates-overflow",
        `expected a reader of updates, got none for ${unread} of them`,
        { retryable: true },
      ),
    supersedes: (older, newer) =>
      older.type === "progress" &&
      newer.type === "progress" &&
      older.requestId === newer.requestId &&
      older.phase === newer.phase,
  });

  publish(update: SyncUpdate): void {
    this.#broadcast.publish(update);
  }

  /** Returns a counter that emits `progress`. */
  progress(
    requestId: string,
    phase: "exporting" | "importing",
  ): ProgressCounter {
    let elements = 0;
    let bytes = 0;
    const emit = () =>
      this.publish({ type: "progress", requestId, phase, elements, bytes });
    return {
      elements: (done) => {
        elements = done;
        emit();
      },
      bytes: (more) => {
        bytes += more;
        emit();
      },
    };
  }

  /** Subscribes from this call on, not from the first read. */
  watch(signal?: AbortSignal): AsyncIterableIterator<SyncUpdate> {
    return this.#broadcast.subscribe({ signal });
  }

  /** Ends all subscriptions, and each later one at once. */
  close(): void {
    this.#broadcast.close();
  }
}
