import { equalBytes, type InstallationId } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import type { MlsContext } from "../context.js";
import type {
  Capabilities,
  CommitIntent,
  Engine,
  GroupView,
} from "../engine/engine.js";
import { MlsGroupError } from "../errors.js";
import {
  fetchKeyPackages,
  type UsableKeyPackage,
} from "../joining/member-key-packages.js";
import { welcomeFor } from "../joining/welcomes.js";
import { type Extension, extensionTypes } from "../parameters.js";
import type { GroupRecord, PendingCommit } from "../ports/group-state-store.js";
import { WireError, WireReader } from "../wire/index.js";

/** The members and extensions that a group is to have. To add a present member or remove an absent one is no error. */
export interface MembershipChange {
  readonly add?: readonly InstallationId[];
  readonly remove?: readonly InstallationId[];
  /**
   * Installations to remove and add in one commit, so that they rejoin the group from a Welcome. This heals an
   * installation with a state that has left the group's. One without a usable key package stays as it is. A function is
   * called again for every attempt to commit, because another member may have done it in between.
   */
  readonly readd?:
    | readonly InstallationId[]
    | (() => readonly InstallationId[]);
  /**
   * All extensions that the group has afterwards. Default: those that it has. A function is called again for every
   * attempt to commit.
   */
  readonly extensions?:
    | readonly Extension[]
    | ((circumstances: Circumstances) => readonly Extension[]);
}

/** The facts, beside the members, that a wanted membership is computed from. */
export interface Circumstances {
  /** The group's present extensions. */
  readonly current: readonly Extension[];
  /** Installations that can't be added, because they have no usable key package. */
  readonly unavailable: readonly InstallationId[];
}

/** The changes that a commit has made to the membership. */
export interface MembershipChanged {
  readonly added: readonly InstallationId[];
  readonly removed: readonly InstallationId[];
  readonly unavailable: readonly InstallationId[];
}

interface PlannedCommit extends CommitIntent {
  readonly add: readonly UsableKeyPackage[];
}

/** The commit that a change needs. */
export interface MembershipPlan {
  readonly isEmpty: boolean;
  readonly intent: PlannedCommit;
  /** The result of the change once the commit counts. */
  readonly outcome: MembershipChanged;
}

/** Compares a change with the group as it is now, and fetches the key packages that it needs. */
export async function planChange(
  change: MembershipChange,
  { members, extensions: current }: GroupView,
  context: MlsContext,
  signal: AbortSignal | undefined,
): Promise<MembershipPlan> {
  const present = new Set(members.map((member) => member.installationId));
  const { add: wantedIn = [], remove: wantedOut = [] } = change;
  const readd =
    typeof change.readd === "function" ? change.readd() : (change.readd ?? []);
  const missing = [
    ...new Set([...wantedIn.filter((id) => !present.has(id)), ...readd]),
  ];
  const required = requiredCapabilities(current);
  const add = await fetchKeyPackages(missing, required, context, signal);
  const added = add.map(({ installationId }) => installationId);
  const unavailable = missing.filter((id) => !added.includes(id));
  const out = new Set([
    ...wantedOut,
    ...readd.filter((id) => added.includes(id)),
  ]);
  const removed = [...out].filter((id) => present.has(id));
  const wanted =
    typeof change.extensions === "function"
      ? change.extensions({ current, unavailable })
      : change.extensions;
  const extensions =
    wanted && !sameExtensions(wanted, current) ? wanted : undefined;
  return {
    isEmpty: !extensions && add.length === 0 && removed.length === 0,
    intent: { add, remove: removed, extensions },
    outcome: { added, removed, unavailable },
  };
}

/** A commit without proposals, which renews the committer's keys. */
export const keyUpdate: MembershipPlan = {
  isEmpty: false,
  intent: { add: [], remove: [] },
  outcome: { added: [], removed: [], unavailable: [] },
};

/** Creates the commit that carries out a plan. The caller stores it before it is published. */
export async function pendingCommit(
  intent: PlannedCommit,
  { state, epoch }: GroupRecord,
  engine: Engine,
): Promise<PendingCommit> {
  const commit = await engine.createCommit(state, intent);
  const { message, nextState, welcome } = commit;
  return {
    epoch,
    message,
    hash: sha256(message),
    nextState,
    welcomes: welcome ? intent.add.map((one) => welcomeFor(one, welcome)) : [],
  };
}

function sameExtensions(
  a: readonly Extension[],
  b: readonly Extension[],
): boolean {
  return (
    a.length === b.length &&
    a.every(
      ({ type, data }, i) => type === b[i]?.type && equalBytes(data, b[i].data),
    )
  );
}

/** Returns what every member's leaf must support (RFC 9420 section 11.1); nothing where the group doesn't say. */
function requiredCapabilities(extensions: readonly Extension[]): Capabilities {
  const required = extensions.find(
    ({ type }) => type === extensionTypes.requiredCapabilities,
  );
  if (!required) return { extensions: [], proposals: [] };
  try {
    const reader = new WireReader(required.data);
    const [types, proposals] = [reader.uint16Vector(), reader.uint16Vector()];
    reader.uint16Vector(); // credentials: basic ones are all that we know
    reader.end();
    return { extensions: types, proposals };
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new MlsGroupError(
      "engine-failed",
      `expected required capabilities, got ${required.data.length} bytes that are none`,
      { cause },
    );
  }
}
