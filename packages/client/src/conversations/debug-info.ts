import type { ForkReason, MlsGroup } from "@history-sync/mls-group";

/** How a conversation's MLS group stands on this installation. */
export interface ConversationDebugInfo {
  /** 0 for a conversation that came by an archive. */
  readonly epoch: bigint;
  /** The last entry of the group's topic that was looked at. */
  readonly cursor: bigint;
  /** Whether this installation may have another state of the group than the others. */
  readonly maybeForked: boolean;
  /** Why, and since which epoch and when; empty where there is no fork. */
  readonly forkDetails: string;
}

const reasons: Readonly<Record<ForkReason, string>> = {
  "unreadable-commit": "a commit couldn't be read",
  "later-epochs": "the others are in later epochs",
  "epoch-authenticator": "another member has other secrets",
};

export function debugInfoOf(
  group: Pick<MlsGroup, "epoch" | "cursor" | "fork"> | undefined,
): ConversationDebugInfo {
  const { epoch = 0n, cursor = 0n, fork } = group ?? {};
  return {
    epoch,
    cursor,
    maybeForked: fork !== undefined,
    forkDetails: fork
      ? `${reasons[fork.reason]}; in epoch ${fork.epoch}, at ${fork.sinceNs} ns`
      : "",
  };
}
