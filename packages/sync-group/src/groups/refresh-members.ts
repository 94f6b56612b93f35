import type { MlsGroup } from "@history-sync/mls-group";
import { readMembership, updateMembership } from "@history-sync/mls-group/xmtp";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import { SyncGroupError } from "../errors.js";
import { inboxStates } from "../installations/installation-authentication.js";
import type {
  InstallationSource,
  Installations,
} from "../installations/installation-source.js";

/** An inbox as one of its installations sees it. */
export interface InboxView {
  readonly inboxId: InboxId;
  readonly installationId: InstallationId;
  readonly source: InstallationSource;
}

/** The changes that a refresh made in the primary sync group. */
export interface MembersRefreshed {
  readonly added: readonly InstallationId[];
  readonly removed: readonly InstallationId[];
  /**
   * Installations of the inbox that couldn't be added because they had no usable key package. By XMTP's rules they can't
   * be added later; such an installation creates a group of its own.
   */
  readonly failed: readonly InstallationId[];
  /** Installations that are new to the inbox. They are added later, unless they create a group of their own before. */
  readonly deferred: readonly InstallationId[];
}

/** Returns true if the installations that aren't in the group are to be added later. */
export type IsEarly = (missing: readonly InstallationId[]) => boolean;

/**
 * Updates the group's members to those of the inbox, and the group's sequence id of the inbox. All changes are one commit:
 * when a member has to be removed, or the group is new, new installations are added without delay.
 */
export async function refreshMembers(
  group: MlsGroup,
  inbox: InboxView,
  isEarly: IsEarly,
  signal: AbortSignal,
): Promise<MembersRefreshed> {
  const { inboxId, source } = inbox;
  let installations: readonly InstallationId[] = [];
  let deferred: readonly InstallationId[] = [];
  const { added, removed } = await updateMembership(
    group,
    async ({ sequenceIds, failedInstallations }) => {
      const known = await knownInstallations(inbox);
      const reached = sequenceIds.get(inboxId) ?? 0n;
      if (reached > known.sequenceId) {
        throw new SyncGroupError(
          "stale-installations",
          `expected the inbox at sequence id ${reached} or later, got ${known.sequenceId}`,
          { retryable: true },
        );
      }
      installations = known.installations;
      const members = group
        .members()
        .map(({ installationId }) => installationId);
      const missing = installations.filter(
        (id) => !members.includes(id) && !failedInstallations.has(id),
      );
      const staysWhole = members.every((id) => installations.includes(id));
      const mayWait = isEarly(missing) && staysWhole && group.epoch > 0n;
      deferred = mayWait ? missing : [];
      return new Map([[inboxId, mayWait ? reached : known.sequenceId]]);
    },
    { states: inboxStates(source), signal },
  );
  const { failedInstallations } = readMembership(group.extensions);
  const failed = installations.filter((id) => failedInstallations.has(id));
  return { added, removed, failed, deferred };
}

/**
 * Returns the inbox's current installations.
 *
 * @throws {SyncGroupError} `not-in-inbox`
 */
export async function knownInstallations({
  inboxId,
  installationId,
  source,
}: InboxView): Promise<Installations> {
  const known = await source.installations(inboxId);
  if (known.installations.includes(installationId)) return known;
  throw new SyncGroupError(
    "not-in-inbox",
    `expected to be one of the inbox's ${known.installations.length} installations at sequence id ${known.sequenceId}, got left out`,
  );
}
