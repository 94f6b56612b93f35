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

/** Each inbox that shall be in the group, and the update of its identity log that its leaves shall follow. */
export type WantedInboxes = ReadonlyMap<InboxId, bigint>;

export interface UpdateMembershipOptions {
  readonly states: InboxStates;
  /** Asks `wanted` again whenever any commit came first: for one that depends on more than the membership. */
  readonly askInEveryEpoch?: boolean;
  readonly signal?: AbortSignal;
}

interface PlannedChange extends MembershipChange {
  readonly extensions: (circumstances: Circumstances) => readonly Extension[];
}

// A plan is stale when somebody else's came first, so that somebody gets on each time.
const maxPlans = 8;

/**
 * Brings the inboxes of a group to what is wanted, in one commit as libxmtp makes it: their installations added, those
 * that left removed, and the membership with the new sequence ids. Installations that can't be added are named in it
 * as failed; XMTP's rules never let them into that group later. `wanted` is asked again whenever another member's
 * change of the membership came first. Resolves when the change counts, and commits nothing if there is none.
 * Throws `invalid-group-data` for a sequence id that falls or that no log has.
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

/** The change for one commit, from what the group has now. */
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
  // Who was to leave and never was in the tree has to be named as failed: every Remove that is expected must be there.
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
