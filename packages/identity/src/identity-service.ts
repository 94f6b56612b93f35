import type { InboxId } from "@history-sync/primitives";
import type { Identifier } from "./identifier.js";

/** One entry of an inbox's log, as a node keeps it. */
export interface LogEntry {
  /** Above 0; grows within one inbox, with gaps. */
  readonly sequenceId: bigint;
  /** The node's clock when it took the update. */
  readonly serverTimestampNs: bigint;
  /** A serialised `IdentityUpdate`, not verified. */
  readonly update: Uint8Array;
}

/** Options of every call to a node. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** A node's identity logs. The caller verifies its answers. */
export interface IdentityService {
  /**
   * All updates of an inbox after a sequence id, 0 for all of them, in order. An unknown inbox has none.
   * What was published before is in it.
   */
  updates(
    inboxId: InboxId,
    afterSequenceId: bigint,
    options?: CallOptions,
  ): Promise<readonly LogEntry[]>;

  /**
   * Puts an update at the end of the log that it names; throws if the node refuses it or can't be reached.
   * One that is in the log already is stored once: the node may refuse the copy, or take it for published.
   */
  publish(update: Uint8Array, options?: CallOptions): Promise<void>;

  /** The inbox that each identifier was last added to and not revoked from, in their order. */
  inboxIds(
    identifiers: readonly Identifier[],
    options?: CallOptions,
  ): Promise<readonly (InboxId | undefined)[]>;
}
