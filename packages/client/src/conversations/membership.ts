import type { IdentityLog } from "@history-sync/identity";
import type { MlsGroup } from "@history-sync/mls-group";
import {
  inboxOf,
  type Membership,
  readMembership,
  withMembership,
} from "@history-sync/mls-group/xmtp";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import type { ClientContext } from "../context.js";
import { ClientError } from "../errors.js";
import { inParallel } from "../in-parallel.js";

/** Which inboxes come and go. Without any, only the installations of those that are there. */
export interface InboxChange {
  readonly add?: readonly InboxId[];
  readonly remove?: readonly InboxId[];
}

/** What became of the installations. */
export interface InstallationsChanged {
  readonly added: readonly InstallationId[];
  readonly revoked: readonly InstallationId[];
  /** They belong to members and couldn't be added: they have no key package that can be used. */
  readonly failed: readonly InstallationId[];
}

// XMTP's.
const maxInboxes = 250;
const lookupsAtATime = 10;
// Others' commits may come between the plan and the commit, and each of them may change what is to be done.
const maxPlans = 5;

/**
 * Brings a group's members in line with the installations of its inboxes, and inboxes in and out, all in one commit that
 * names the places in the identity logs.
 */
export async function bringInLine(
  group: MlsGroup,
  change: InboxChange,
  context: Pick<ClientContext, "identityLog" | "installation">,
  signal?: AbortSignal,
): Promise<InstallationsChanged> {
  for (let plans = 1; ; plans++) {
    await group.sync(signal);
    const membership = readMembership(group.extensions);
    const plan = await planOf(group, membership, change, context);
    try {
      const { added, removed, unavailable } = await group.changeMembers(
        {
          add: plan.add,
          remove: plan.remove,
          extensions: ({ current, unavailable }) => {
            if (!isSame(readMembership(current), membership)) throw overtaken();
            const failed = [...membership.failedInstallations, ...unavailable];
            return withMembership(current, {
              sequenceIds: plan.sequenceIds,
              failedInstallations: new Set(failed),
            });
          },
        },
        signal ? { signal } : {},
      );
      return { added, revoked: removed, failed: unavailable };
    } catch (error) {
      const isOvertaken =
        error instanceof ClientError && error.code === "overtaken";
      if (!isOvertaken || plans >= maxPlans) throw error;
    }
  }
}

/** Throws `unknown-inbox` where one isn't registered, before anything is made for it. */
export async function expectInboxes(
  inboxes: readonly InboxId[],
  identityLog: IdentityLog,
): Promise<void> {
  await installationsOf(inboxes, new Map(), identityLog);
}

interface Plan {
  readonly add: readonly InstallationId[];
  readonly remove: readonly InstallationId[];
  readonly sequenceIds: ReadonlyMap<InboxId, bigint>;
}

async function planOf(
  group: MlsGroup,
  { sequenceIds, failedInstallations }: Membership,
  { add = [], remove = [] }: InboxChange,
  {
    identityLog,
    installation,
  }: Pick<ClientContext, "identityLog" | "installation">,
): Promise<Plan> {
  const inboxes = new Set([...sequenceIds.keys(), ...add]);
  for (const inbox of remove) inboxes.delete(inbox);
  if (inboxes.size > maxInboxes) {
    throw new ClientError(
      "too-many-members",
      `expected at most ${maxInboxes} inboxes in a conversation, got ${inboxes.size}`,
    );
  }
  const known = await installationsOf([...inboxes], sequenceIds, identityLog);
  const belongs = (inbox: InboxId | undefined, id: InstallationId) =>
    inbox !== undefined && known.get(inbox)?.installations.has(id) === true;
  const members = group.members();
  const present = new Set(members.map(({ installationId }) => installationId));
  const gone = members.filter(
    ({ credential, installationId }) =>
      !belongs(inboxOf(credential), installationId),
  );
  if (gone.some(({ installationId }) => installationId === installation.id)) {
    throw new ClientError(
      "installation-revoked",
      "expected to remain in the conversation, got to remove oneself",
    );
  }
  return {
    // One that failed counts as added for XMTP's members: they would refuse it now.
    add: [...known.values()].flatMap(({ installations }) =>
      [...installations].filter(
        (id) => !present.has(id) && !failedInstallations.has(id),
      ),
    ),
    remove: gone.map(({ installationId }) => installationId),
    sequenceIds: new Map(
      [...known].map(([inbox, { sequenceId }]) => [inbox, sequenceId]),
    ),
  };
}

interface KnownInbox {
  readonly sequenceId: bigint;
  readonly installations: ReadonlySet<InstallationId>;
}

async function installationsOf(
  inboxes: readonly InboxId[],
  reached: Membership["sequenceIds"],
  identityLog: IdentityLog,
): Promise<ReadonlyMap<InboxId, KnownInbox>> {
  const known = await inParallel(inboxes, lookupsAtATime, async (inbox) => {
    const found = await identityLog.installations(inbox);
    const { sequenceId } = found;
    if (sequenceId === 0n) {
      throw new ClientError(
        "unknown-inbox",
        "expected a user's inbox, got one that nobody has created",
      );
    }
    const least = reached.get(inbox) ?? 0n;
    if (sequenceId < least) {
      throw new ClientError(
        "stale-inbox",
        `expected an inbox at sequence id ${least} or later, got ${sequenceId}`,
        { retryable: true },
      );
    }
    const installations = new Set(found.installations);
    return [inbox, { sequenceId, installations }] as const;
  });
  return new Map(known);
}

function isSame(a: Membership, b: Membership): boolean {
  return (
    a.sequenceIds.size === b.sequenceIds.size &&
    a.failedInstallations.size === b.failedInstallations.size &&
    [...a.sequenceIds].every(
      ([inbox, at]) => b.sequenceIds.get(inbox) === at,
    ) &&
    [...a.failedInstallations].every((id) => b.failedInstallations.has(id))
  );
}

function overtaken(): ClientError {
  return new ClientError(
    "overtaken",
    "expected the members of the plan, got others: another member's commit came first",
    { retryable: true },
  );
}
