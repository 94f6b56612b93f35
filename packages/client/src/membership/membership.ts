import type { IdentityLog } from "@history-sync/identity";
import type { MlsGroup } from "@history-sync/mls-group";
import {
  updateMembership,
  type WantedInboxes,
} from "@history-sync/mls-group/xmtp";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import type { ClientContext } from "../context.js";
import { ClientError } from "../errors.js";
import { inParallel } from "../work/in-parallel.js";

/** Which inboxes come and go. Without any, only the installations of those that are there. */
export interface InboxChange {
  readonly add?: readonly InboxId[];
  readonly remove?: readonly InboxId[];
}

/** What became of the installations. */
export interface InstallationsChanged {
  readonly added: readonly InstallationId[];
  readonly revoked: readonly InstallationId[];
}

type MembershipContext = Pick<
  ClientContext,
  "identityLog" | "inbox" | "installation"
>;

// XMTP's.
const maxInboxes = 250;
const lookupsAtATime = 10;

/**
 * Brings a group's members in line with the installations of its inboxes, and inboxes in and out, in one commit. A
 * function is asked again whenever another commit came first.
 */
export async function bringInLine(
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

/** Each inbox at the newest place of its log. Throws `unknown-inbox` where one isn't registered. */
export async function newestPlaces(
  inboxes: readonly InboxId[],
  identityLog: IdentityLog,
): Promise<WantedInboxes> {
  const places = await inParallel(inboxes, lookupsAtATime, async (inbox) => {
    const { sequenceId } = await identityLog.installations(inbox);
    if (sequenceId > 0n) return [inbox, sequenceId] as const;
    throw new ClientError(
      "unknown-inbox",
      "expected a user's inbox, got one that nobody has created",
    );
  });
  return new Map(places);
}

async function wantedInboxes(
  current: WantedInboxes,
  { add = [], remove = [] }: InboxChange,
  { identityLog, inbox, installation }: MembershipContext,
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
    inbox.id,
    places.get(inbox.id) ?? 0n,
  );
  if (!own?.includes(installation.id)) {
    throw new ClientError(
      "invalid-members",
      "expected to remain a member, got to remove oneself",
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
