import type { MlsGroup } from "@history-sync/mls-group";
import { readMembership, updateMembership } from "@history-sync/mls-group/xmtp";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import { SyncGroupError } from "./errors.js";
import { inboxStates } from "./installation-authentication.js";
import type {
  InstallationSource,
  Installations,
} from "./installation-source.js";

/** An inbox as one of its installations sees it. */
export interface InboxView {
  readonly inboxId: InboxId;
  readonly installationId: InstallationId;
  readonly source: InstallationSource;
}

/** What a refresh changed in the primary sync group. */
export interface MembersRefreshed {
  readonly added: readonly InstallationId[];
  readonly removed: readonly InstallationId[];
  /**
   * Installations of the inbox that aren't in the group: when it was their turn they had no key package that could be
   * used. By XMTP's rules they can't be added later; such an installation makes a group of its own.
   */
  readonly failed: readonly InstallationId[];
  /** New to the inbox: they are added later, unless they make a group of their own before. */
  readonly deferred: readonly InstallationId[];
}

/** Says of those who aren't in the group whether they shall wait. */
export type IsEarly = (missing: readonly InstallationId[]) => boolean;

/**
 * Makes the group's members those of the inbox, and notes in the group up to which sequence id. All changes are one: who
 * shall wait doesn't when somebody has to leave, or the group is new.
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

/** The inbox now; throws when this installation isn't of it. */
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
