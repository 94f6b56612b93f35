import type { MlsGroup } from "@history-sync/mls-group";
import { readMembership, withMembership } from "@history-sync/mls-group/xmtp";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import { SyncGroupError } from "./errors.js";
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
  /** Installations of the inbox that couldn't be added: they have no key package that can be used. */
  readonly failed: readonly InstallationId[];
}

/** Makes the group's members those of the inbox, and notes in the group up to which sequence id. */
export async function refreshMembers(
  group: MlsGroup,
  inbox: InboxView,
  signal: AbortSignal,
): Promise<MembersRefreshed> {
  const { inboxId } = inbox;
  await group.sync(signal);
  const { sequenceId, installations } = await knownInstallations(inbox);
  const { sequenceIds } = readMembership(group.extensions);
  const reached = sequenceIds.get(inboxId) ?? 0n;
  if (reached > sequenceId) {
    throw new SyncGroupError(
      "stale-installations",
      `expected the inbox at sequence id ${reached} or later, got ${sequenceId}`,
      { retryable: true },
    );
  }
  const present = group.members().map((member) => member.installationId);
  const { added, removed, unavailable } = await group.changeMembers(
    {
      add: installations.filter((id) => !present.includes(id)),
      remove: present.filter((id) => !installations.includes(id)),
      extensions: ({ current, unavailable: failed }) =>
        withMembership(current, {
          sequenceIds: new Map([[inboxId, sequenceId]]),
          failedInstallations: new Set(failed),
        }),
    },
    { signal },
  );
  return { added, removed, failed: unavailable };
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
