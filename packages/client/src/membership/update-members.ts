import { mapConcurrently } from "@history-sync/async";
import type { IdentityLog } from "@history-sync/identity";
import type { MlsGroup } from "@history-sync/mls-group";
import {
  updateMembership,
  type WantedInboxes,
} from "@history-sync/mls-group/xmtp";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import type { ClientContext } from "../context.js";
import { ClientError } from "../errors.js";

/** Inboxes to add and to remove. Without any, only installations of the present inboxes are added and removed. */
export interface InboxChange {
  readonly add?: readonly InboxId[];
  readonly remove?: readonly InboxId[];
}

/** Installations that a commit added and removed. */
export interface InstallationsChanged {
  readonly added: readonly InstallationId[];
  readonly revoked: readonly InstallationId[];
}

export type MembershipContext = Pick<
  ClientContext,
  "identityLog" | "inboxId" | "installation"
>;

// XMTP's limit.
const maxInboxes = 250;
const lookupsAtATime = 10;

/**
 * Adds and removes inboxes, and updates a group's members to the current installations of its inboxes, in one commit.
 * A `change` that is a function is called again whenever another commit came first.
 *
 * @throws {ClientError} `unknown-inbox`, `too-many-members`, `invalid-members`, `stale-inbox`
 */
export async function updateMembers(
  group: MlsGroup,
  change: InboxChange | (() => Promise<InboxChange>),
  context: MembershipContext,
  signal?: AbortSignal,
): Promise<InstallationsChanged> {
  const { added, removed } = await updateMembership(
    group,
    async ({ sequenceIds }) =>
      wantedInboxes(
        sequenceIds,
        typeof change === "function" ? await change() : change,
        context,
      ),
    {
      states: context.identityLog,
      askInEveryEpoch: typeof change === "function",
      ...(signal && { signal }),
    },
  );
  return { added, revoked: removed };
}

/**
 * Returns the newest sequence id in each inbox's log.
 *
 * @throws {ClientError} `unknown-inbox`
 */
export async function newestPlaces(
  inboxes: readonly InboxId[],
  identityLog: IdentityLog,
): Promise<WantedInboxes> {
  const places = await mapConcurrently(
    inboxes,
    lookupsAtATime,
    async (inbox) => {
      const { sequenceId } = await identityLog.installations(inbox);
      if (sequenceId > 0n) return [inbox, sequenceId] as const;
      throw new ClientError(
        "unknown-inbox",
        "expected a registered inbox, got one without a log",
      );
    },
  );
  return new Map(places);
}

async function wantedInboxes(
  current: WantedInboxes,
  { add = [], remove = [] }: InboxChange,
  { identityLog, inboxId, installation }: MembershipContext,
): Promise<WantedInboxes> {
  const inboxes = new Set([...current.keys(), ...add]);
  for (const gone of remove) inboxes.delete(gone);
  if (inboxes.size > maxInboxes) {
    throw new ClientError(
      "too-many-members",
      `expected at most ${maxInboxes} inboxes in a conversation, got ${inboxes.size}`,
    );
  }
  const places = await newestPlaces([...inboxes], identityLog);
  const own = await identityLog.installationsAt(
    inboxId,
    places.get(inboxId) ?? 0n,
  );
  if (!own?.includes(installation.id)) {
    throw new ClientError(
      "invalid-members",
      "expected this installation to remain a member, got its removal",
    );
  }
  for (const [inbox, place] of places) {
    const reached = current.get(inbox) ?? 0n;
    if (place >= reached) continue;
    throw new ClientError(
      "stale-inbox",
      `expected an inbox at sequence id ${reached} or later, got ${place}`,
      { retryable: true },
    );
  }
  return places;
}
