import type { GroupId } from "@history-sync/primitives";

/** The conversations, messages and consent records that an export includes. */
export interface Selection {
  /** The current time in nanoseconds since the Unix epoch. Messages that have expired are excluded. */
  readonly nowNs: bigint;
  /** The start of the window in nanoseconds since the Unix epoch, exclusive. */
  readonly startNs?: bigint;
  /** The end of the window in nanoseconds since the Unix epoch, inclusive. */
  readonly endNs?: bigint;
  /** True to exclude messages that will expire. */
  readonly excludeDisappearingMessages?: boolean;
  /** Includes only these conversations, and consent about them. Default: all. */
  readonly conversations?: readonly GroupId[];
  /** Includes at most that many messages of each conversation: the newest of those otherwise included. */
  readonly newestPerConversation?: number;
}

/** The order of messages: by `sent_at_ns` and `id`, rising or falling. */
export type MessageOrder = "oldest-first" | "newest-first";
