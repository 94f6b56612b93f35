import { equalBytes, type InboxId } from "@history-sync/primitives";
import { MlsGroupError } from "../errors.js";
import type { MlsGroup } from "../group/mls-group.js";
import type { Extension } from "../parameters.js";
import type { Member } from "../ports/authentication-service.js";
import type {
  Circumstances,
  MembershipChange,
  MembershipChanged,
} from "../sending/membership.js";
import {
  type Membership,
  membershipExtension,
  readMembership,
  withMembership,
} from "./group-data/membership.js";
import { expectedChange } from "./rules/expected-change.js";
import type { InboxStates } from "./rules/inbox-states.js";
import { installationOf, leafOf, without } from "./rules/leaf.js";

/** The inboxes that the group is to have, each with the update of its identity log that its leaves are to follow. */
export type WantedInboxes = ReadonlyMap<InboxId, bigint>;

/** How `updateMembership` reads inbox states and reacts to commits of others. */
export interface UpdateMembershipOptions {
  readonly states: InboxStates;
  /** Calls `wanted` again whenever any commit came first, for a `wanted` that depends on more than the membership. */
  readonly askInEveryEpoch?: boolean;
  readonly signal?: AbortSignal;
}

interface PlannedChange extends MembershipChange {
  readonly extensions: (circumstances: Circumstances) => readonly Extension[];
}

// A plan becomes stale only by another member's commit, so that each round has a winner.
const maxPlans = 8;

/**
 * Changes a group's inboxes to the wanted ones, in one commit as libxmtp makes it: it adds and removes installations
 * and sets the membership with the new sequence ids. Installations that can't be added are listed in it as failed;
 * XMTP's rules never admit them to that group later. Calls `wanted` again whenever another member's change of the
 * membership came first. Resolves when the change counts, and commits nothing if there is none.
 *
 * @throws {MlsGroupError} `invalid-group-data` for a sequence id that falls or that no log has
 */
export async function updateMembership(
  group: MlsGroup,
  wanted: (current: Membership) => WantedInboxes | Promise<WantedInboxes>,
  { states, askInEveryEpoch = false, signal }: UpdateMembershipOptions,
): Promise<MembershipChanged> {
  const options = signal === undefined ? {} : { signal };
  for (let plan = 0; plan < maxPlans; plan++) {
    await group.sync(signal);
    const { epoch, extensions } = group;
    const inboxes = await wanted(readMembership(extensions));
    const members = group.members();
    const planned = await membershipChange(
      { extensions, members },
      inboxes,
      states,
    );
    const change = askInEveryEpoch ? onlyIn(epoch, group, planned) : planned;
    try {
      return await group.changeMembers(change, options);
    } catch (error) {
      if (!(error instanceof MlsGroupError) || error.code !== "commit-lost") {
        throw error;
      }
    }
  }
  throw stale(`in one of ${maxPlans} tries`);
}

/** Returns the change for one commit, by the group's present membership. */
export async function membershipChange(
  {
    extensions,
    members,
  }: {
    readonly extensions: readonly Extension[];
    readonly members: readonly Member[];
  },
  wanted: WantedInboxes,
  states: InboxStates,
): Promise<PlannedChange> {
  const before = readMembership(extensions);
  const expected = await expectedChange(before.sequenceIds, wanted, states);
  const present = new Set(members.map(leafOf));
  const add = [...without(expected.added, present)].map(installationOf);
  const remove = [...expected.removed].filter((leaf) => present.has(leaf));
  // An installation that is removed and never was in the tree has to be listed as failed: every expected Remove must
  // be there.
  const absent = [...without(expected.removed, present)].map(installationOf);
  const inTree = new Set([...[...present].map(installationOf), ...add]);
  const stillFailed = [...before.failedInstallations, ...absent].filter(
    (id) => !inTree.has(id),
  );
  return {
    add,
    remove: remove.map(installationOf),
    extensions: ({ current, unavailable }) => {
      expectSame(before, readMembership(current));
      return withMembership(current, {
        sequenceIds: wanted,
        failedInstallations: new Set([...stillFailed, ...unavailable]),
      });
    },
  };
}

function onlyIn(
  epoch: bigint,
  group: MlsGroup,
  change: PlannedChange,
): MembershipChange {
  return {
    ...change,
    extensions: (circumstances) => {
      if (group.epoch !== epoch) throw stale("as it was planned");
      return change.extensions(circumstances);
    },
  };
}

function expectSame(planned: Membership, current: Membership): void {
  const [a, b] = [membershipExtension(planned), membershipExtension(current)];
  if (!equalBytes(a.data, b.data)) throw stale("as it was planned");
}

function stale(when: string): MlsGroupError {
  return new MlsGroupError(
    "commit-lost",
    `expected the membership to stay ${when}, got another member's change`,
    { retryable: true },
  );
}
