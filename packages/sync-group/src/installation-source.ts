import type { InboxId, InstallationId } from "@history-sync/primitives";

/** The installations of an inbox at one place of its identity log. */
export interface Installations {
  /** Grows with every change of the inbox. */
  readonly sequenceId: bigint;
  readonly installations: readonly InstallationId[];
  /**
   * Those that were of the inbox once. A source that knows them should name them: an installation that was away for
   * a while can then follow the commits by which they came and went.
   */
  readonly revoked?: readonly InstallationId[];
}

/** Says which installations an inbox has. */
export interface InstallationSource {
  /** As they are now, not as they were some time ago; throws if that can't be learned. An unknown inbox has none. */
  installations(inboxId: InboxId): Promise<Installations>;
}
