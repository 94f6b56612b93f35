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

/** Inboxes that have asked to leave the group that they are in, each with its first request. */
export type LeaveRequests = ReadonlyMap<InboxId, ReceivedRecord>;

type Group = Pick<MlsGroup, "id" | "active" | "extensions">;

/**
 * The requests that nobody has carried out yet. They stay among the group's received messages until then, and stand
 * nowhere else: no archive can make one up. Who may have sent what is MLS's word, from the sender's leaf.
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

/** Whom this installation has to remove: a super admin's does it, unless it has asked to leave as well. */
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

/** Nobody leaves a DM. */
export function canBeLeft(extensions: Group["extensions"]): boolean {
  return readImmutableMetadata(extensions).kind === "group";
}

/** Whether a commit takes inboxes in or out, so that requests come to an end with it. */
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

/** The group as it will be, for somebody of this inbox. */
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
