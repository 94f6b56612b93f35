import type { InboxId, InstallationId } from "@history-sync/primitives";

/** The identity logs, as the rules of XMTP's groups need them. An error means that the answer isn't known now. */
export interface InboxStates {
  /** Returns true if the inbox has, or once had, the installation. */
  hasEverHad(
    inboxId: InboxId,
    installationId: InstallationId,
  ): Promise<boolean>;
  /**
   * Returns the inbox's installations right after the update of its log with exactly this sequence id, which is
   * fetched if it isn't known yet. Returns undefined if the log has no such update or is invalid.
   */
  installationsAt(
    inboxId: InboxId,
    sequenceId: bigint,
  ): Promise<readonly InstallationId[] | undefined>;
}
