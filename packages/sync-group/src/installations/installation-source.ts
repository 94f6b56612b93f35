import type { InboxId, InstallationId } from "@history-sync/primitives";

/** The installations of an inbox at one place of its identity log. */
export interface Installations {
  /** Grows with every change of the inbox. */
  readonly sequenceId: bigint;
  readonly installations: readonly InstallationId[];
  /** Earlier installations of the inbox, if the source knows them: their key packages and leaves are genuine too. */
  readonly revoked?: readonly InstallationId[];
}

/** Knows the current and earlier installations of inboxes. `identityLog` of `@history-sync/identity` is one. */
export interface InstallationSource {
  /** Returns the current installations; an unknown inbox has none. Rejects if they can't be read now. */
  installations(inboxId: InboxId): Promise<Installations>;
  /**
   * Returns the installations right after the change with exactly this sequence id, by which commits and Welcomes are
   * verified; undefined if there is no such change. Rejects if they can't be read now.
   */
  installationsAt(
    inboxId: InboxId,
    sequenceId: bigint,
  ): Promise<readonly InstallationId[] | undefined>;
}
