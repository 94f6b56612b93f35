import type { InboxId, InstallationId } from "@history-sync/primitives";
import {
  type Identifier,
  type MemberIdentifier,
  memberKey,
} from "./identifier.js";

/** A member of an inbox, with how it came to be one. */
export interface InboxMember {
  readonly identifier: MemberIdentifier;
  /** Absent for the owner, which no member added. */
  readonly addedBy?: MemberIdentifier;
  /** The clock of who added it. */
  readonly addedAtNs?: bigint;
  /** Of a smart-contract wallet: it may only sign from there. */
  readonly chainId?: bigint;
}

/** The state that an inbox's log leads to. A value: every update gives a new one. */
export interface InboxState {
  readonly inboxId: InboxId;
  /** By `memberKey`, in the order in which they came. */
  readonly members: ReadonlyMap<string, InboxMember>;
  /** May revoke, and name another in its place; it needn't be a member. */
  readonly recovery: Identifier;
  /** The replay keys of all signatures so far. */
  readonly seenSignatures: ReadonlySet<string>;
  /** Installations that were members and are no more. */
  readonly revoked: ReadonlySet<InstallationId>;
}

/**
 * Returns the member with this identifier, or undefined if the inbox has none.
 *
 * @example
 * ```ts
 * import { type InboxState, installation, memberOf } from "@history-sync/identity";
 * import type { InstallationId } from "@history-sync/primitives";
 *
 * export function isMember(state: InboxState, id: InstallationId): boolean {
 *   return memberOf(state, installation(id)) !== undefined;
 * }
 * ```
 */
export function memberOf(
  state: InboxState,
  identifier: MemberIdentifier,
): InboxMember | undefined {
  return state.members.get(memberKey(identifier));
}

/** The inbox's installations, in the order in which they came. */
export function installationsOf(state: InboxState): readonly InstallationId[] {
  const ids: InstallationId[] = [];
  for (const { identifier } of state.members.values()) {
    if (identifier.kind === "installation") ids.push(identifier.identifier);
  }
  return ids;
}

/** The members that one or more updates added and removed. */
export interface MembersChanged {
  readonly added: readonly MemberIdentifier[];
  readonly removed: readonly MemberIdentifier[];
}

/** Returns the members added and removed between two states; without the first, all were added. */
export function membersChanged(
  before: InboxState | undefined,
  after: InboxState,
): MembersChanged {
  const only = (
    these: ReadonlyMap<string, InboxMember>,
    those: ReadonlyMap<string, InboxMember>,
  ): readonly MemberIdentifier[] =>
    [...these]
      .filter(([key]) => !those.has(key))
      .map(([, { identifier }]) => identifier);
  const earlier = before?.members ?? new Map<string, InboxMember>();
  return {
    added: only(after.members, earlier),
    removed: only(earlier, after.members),
  };
}
