import type { MlsGroup } from "@history-sync/mls-group";
import {
  encodeLeaveRequest,
  isLeaveRequest,
  readMembership,
  readMutableMetadata,
} from "@history-sync/mls-group/xmtp";
import type { GroupId } from "@history-sync/primitives";
import { GroupMembershipStateSave } from "@history-sync/proto/device-sync";
import type { ConversationContext } from "../conversations/context.js";
import { ClientError } from "../errors.js";
import { canBeLeft } from "../messages/leave-requests.js";
import { publishWaiting } from "../sync/sync-conversation.js";
import { tried, tryUntilDone } from "../work/retries.js";
import { bringInLine } from "./membership.js";

/** Asks the super admins to remove the user; sends what was asked before, if it hasn't gone out. */
export function askToLeave(
  group: MlsGroup,
  context: ConversationContext,
): Promise<void> {
  const { leaving, outbox, store, inbox, closing } = context;
  return leaving.run(group.id, async () => {
    expectCanLeave(group, inbox.id);
    if (await isLeaving(group.id, context)) {
      throw new ClientError(
        "already-leaving",
        "expected a member who hasn't asked to leave, got one who waits to be removed",
      );
    }
    const waiting = await store.history.unpublished(group.id);
    const isAsked = waiting.some(({ decryptedMessageBytes }) =>
      isLeaveRequest(decryptedMessageBytes),
    );
    if (!isAsked) await outbox.keep(group.id, encodeLeaveRequest(), {});
    await publishWaiting(group, context, closing);
  });
}

/** Whether the user has asked to leave, and is still a member. */
export async function isLeaving(
  id: GroupId,
  { store }: Pick<ConversationContext, "store">,
): Promise<boolean> {
  const row = await store.history.conversation(id);
  return row?.membershipState === GroupMembershipStateSave.PENDING_REMOVE;
}

/**
 * Removes the members who have asked for it, all in one commit. Who they are is read anew for each try: nothing is kept
 * of this work, and it goes on after a crash when the conversation is looked at next. Ends early with the signal.
 */
export function removeLeavers(
  id: GroupId,
  context: ConversationContext,
): Promise<void> {
  return tryUntilDone("leavers.later", context, () =>
    tried("leavers.failed", id, context, () => removeOnce(id, context)),
  );
}

async function removeOnce(
  id: GroupId,
  context: ConversationContext,
): Promise<void> {
  const { installation, ledger, closing } = context;
  const group = installation.group(id);
  if (!group) return;
  await group.sync(closing);
  const leavers = () => ledger.leavers(group);
  // Another super admin may have been there first.
  if ((await leavers()).length === 0) return;
  const change = async () => ({ remove: await leavers() });
  const { revoked } = await bringInLine(group, change, context, closing);
  // It calls for this work again where somebody is left to be removed: not without an effect.
  if (revoked.length > 0) await ledger.takeIn(group);
}

function expectCanLeave({ extensions }: MlsGroup, self: string): void {
  const { superAdmins } = readMutableMetadata(extensions);
  const reason = !canBeLeft(extensions)
    ? "a DM"
    : readMembership(extensions).sequenceIds.size === 1
      ? "its only member"
      : superAdmins.includes(self)
        ? "a super admin"
        : undefined;
  if (reason === undefined) return;
  throw new ClientError(
    "cannot-leave",
    `expected a group's member among others, and no super admin, got ${reason}`,
  );
}
