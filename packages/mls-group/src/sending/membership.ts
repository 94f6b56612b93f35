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

/** What shall become of a group. Members that are there already, or gone already, are no error. */
export interface MembershipChange {
  readonly add?: readonly InstallationId[];
  readonly remove?: readonly InstallationId[];
  /**
   * Removed and added in one commit, by another member, so that they take the group over from a Welcome: what heals an
   * installation whose state isn't the group's any more. Whoever has no key package that can be used is left as it is.
   * A function is asked again whenever the commit has to be made anew: another member may have done it meanwhile.
   */
  readonly readd?:
    | readonly InstallationId[]
    | (() => readonly InstallationId[]);
  /**
   * All extensions that the group has from then on; left out: those that it has.
   * A function is asked again whenever the commit has to be made anew.
   */
  readonly extensions?:
    | readonly Extension[]
    | ((circumstances: Circumstances) => readonly Extension[]);
}

export interface Circumstances {
  /** The group's extensions now. */
  readonly current: readonly Extension[];
  /** Those who were to be added and have no key package that can be used. */
  readonly unavailable: readonly InstallationId[];
}

/** What became of the group. */
export interface MembershipChanged {
  readonly added: readonly InstallationId[];
  readonly removed: readonly InstallationId[];
  readonly unavailable: readonly InstallationId[];
}

interface PlannedCommit extends CommitIntent {
  readonly add: readonly UsableKeyPackage[];
}

/** What is still to be done for a change. */
export interface MembershipPlan {
  readonly isEmpty: boolean;
  readonly intent: PlannedCommit;
  /** What became of the group once the intent counts. */
  readonly outcome: MembershipChanged;
}

/** Compares a change with the group as it is now. */
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

/** A commit of nothing else renews the committer's keys in the group. */
export const keyUpdate: MembershipPlan = {
  isEmpty: false,
  intent: { add: [], remove: [] },
  outcome: { added: [], removed: [], unavailable: [] },
};

/** The commit that carries out a plan, to be stored before it is published. */
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

/** What every member's leaf has to be able to do (RFC 9420 section 11.1); nothing where the group doesn't say. */
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
