import type { GroupId } from "@history-sync/primitives";

/** Which conversations, messages and consent records an export takes. */
export interface Selection {
  /** Nanoseconds since the Unix epoch: messages that expired by then are left out. */
  readonly nowNs: bigint;
  /** Nanoseconds since the Unix epoch, exclusive. */
  readonly startNs?: bigint;
  /** Nanoseconds since the Unix epoch, inclusive. */
  readonly endNs?: bigint;
  /** Leaves out every message that has an expiry. */
  readonly excludeDisappearingMessages?: boolean;
  /** No others, nor consent about anything else; without it, all. */
  readonly conversations?: readonly GroupId[];
  /** Of each conversation at most so many: the newest of those that the rest of the selection takes. */
  readonly newestPerConversation?: number;
}

/** By `sent_at_ns` and `id`, rising or falling. */
export type MessageOrder = "oldest-first" | "newest-first";
