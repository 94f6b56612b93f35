import type { InboxId, InstallationId } from "@history-sync/primitives";

/** The installations of an inbox at one place of its identity log. */
export interface Installations {
  /** Grows with every change of the inbox. */
  readonly sequenceId: bigint;
  readonly installations: readonly InstallationId[];
  /** Those that were of the inbox once, if the source knows them: their old key packages and leaves are genuine too. */
  readonly revoked?: readonly InstallationId[];
}

/** Says which installations an inbox has, and had. `identityLog` of `@history-sync/identity` is one. */
export interface InstallationSource {
  /** As they are now, not as they were some time ago; throws if that can't be learned. An unknown inbox has none. */
  installations(inboxId: InboxId): Promise<Installations>;
  /**
   * As they were right after the change with exactly this sequence id; undefined if there is no such change. By this
   * commits and Welcomes are judged. Throws if it can't be learned.
   */
  installationsAt(
    inboxId: InboxId,
    sequenceId: bigint,
  ): Promise<readonly InstallationId[] | undefined>;
}
