import type { Extension, MlsGroup } from "@history-sync/mls-group";
import type { Receiver } from "../messages/receiver.js";
import {
  type InboxChange,
  type MembershipContext,
  updateMembers,
} from "./update-members.js";

export interface ChangeParts extends MembershipContext {
  readonly receiver: Receiver;
  /** Aborts when the client closes. */
  readonly closing: AbortSignal;
}

/** Adds or removes inboxes, and records the change. */
export async function changeInboxes(
  group: MlsGroup,
  change: InboxChange,
  parts: ChangeParts,
): Promise<void> {
  await updateMembers(group, change, parts, parts.closing);
  await parts.receiver.record(group);
}

/** Returns a group's extensions after a change. */
export type ExtensionsChange = (
  current: readonly Extension[],
) => readonly Extension[];

/** Changes a group's metadata or admins by one commit, and records the change. */
export async function changeExtensions(
  group: MlsGroup,
  change: ExtensionsChange,
  { receiver, closing }: Pick<ChangeParts, "receiver" | "closing">,
): Promise<void> {
  await group.changeMembers(
    { extensions: ({ current }) => change(current) },
    { signal: closing },
  );
  await receiver.record(group);
}
