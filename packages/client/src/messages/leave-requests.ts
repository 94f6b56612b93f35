import type {
  MlsGroup,
  ProposedCommit,
  ReceivedRecord,
} from "@history-sync/mls-group";
import {
  inboxOf,
  isLeaveRequest,
  readImmutableMetadata,
  readMembership,
  readMutableMetadata,
  unwrapMessage,
} from "@history-sync/mls-group/xmtp";
import type { InboxId } from "@history-sync/primitives";

/** The inboxes that have asked to leave a group, each with its first request. */
export type LeaveRequests = ReadonlyMap<InboxId, ReceivedRecord>;

type Group = Pick<MlsGroup, "id" | "active" | "extensions">;

/**
 * Returns the requests that no commit has fulfilled yet. They stay among the group's received messages until then and are
 * stored nowhere else, so that no archive can forge one. MLS authenticates the sender by its leaf.
 */
export function openRequests(
  { id, active, extensions }: Group,
  received: readonly ReceivedRecord[],
): LeaveRequests {
  const open = new Map<InboxId, ReceivedRecord>();
  const requests = received.filter((record) => isRequest(record, id));
  if (!active || requests.length === 0 || !canBeLeft(extensions)) return open;
  const { sequenceIds } = readMembership(extensions);
  for (const record of requests) {
    const inbox = inboxOf(record.credential);
    if (inbox === undefined || !sequenceIds.has(inbox)) continue;
    if (!open.has(inbox)) open.set(inbox, record);
  }
  return open;
}

/** Returns the inboxes that this installation has to remove: none unless its user is a super admin who isn't leaving. */
export function leaversFor(
  self: InboxId,
  { extensions }: Pick<Group, "extensions">,
  open: LeaveRequests,
): readonly InboxId[] {
  if (open.size === 0 || open.has(self)) return [];
  const { superAdmins } = readMutableMetadata(extensions);
  if (!superAdmins.includes(self)) return [];
  return [...open.keys()].filter((inbox) => !superAdmins.includes(inbox));
}

/** True for a group. A DM can't be left. */
export function canBeLeft(extensions: Group["extensions"]): boolean {
  return readImmutableMetadata(extensions).kind === "group";
}

/** True if a commit adds or removes inboxes, so that it may fulfil requests. */
export function changesInboxes({
  extensions,
  nextExtensions,
}: ProposedCommit): boolean {
  const before = readMembership(extensions).sequenceIds;
  const after = readMembership(nextExtensions).sequenceIds;
  return (
    before.size !== after.size ||
    [...before.keys()].some((inbox) => !after.has(inbox))
  );
}

/** Returns the group after a commit, as a member of inbox `self` sees it. */
export function groupAfter(
  { groupId, nextExtensions }: ProposedCommit,
  self: InboxId,
): Group {
  const { sequenceIds } = readMembership(nextExtensions);
  const active = sequenceIds.has(self);
  return { id: groupId, active, extensions: nextExtensions };
}

function isRequest({ plaintext }: ReceivedRecord, id: Group["id"]): boolean {
  const opened = unwrapMessage(plaintext, id);
  return opened !== undefined && isLeaveRequest(opened.content);
}
