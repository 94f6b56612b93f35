import type { KeyedMutex } from "@history-sync/async";
import type { MlsGroup } from "@history-sync/mls-group";
import {
  encodeLeaveRequest,
  isLeaveRequest,
  readMembership,
  readMutableMetadata,
} from "@history-sync/mls-group/xmtp";
import type { GroupId } from "@history-sync/primitives";
import { GroupMembershipStateSave } from "@history-sync/proto/device-sync";
import type { Store } from "@history-sync/store";
import type { ClientContext } from "../context.js";
import { ClientError } from "../errors.js";
import { canBeLeft } from "../messages/leave-requests.js";
import type { Ledger } from "../messages/ledger.js";
import {
  type PublishParts,
  publishPending,
} from "../sync/sync-conversation.js";
import { tried, tryUntilDone } from "../work/retries.js";
import type { ChangeParts } from "./change-group.js";
import { updateMembers } from "./update-members.js";

export interface LeaveParts
  extends PublishParts,
    Pick<ClientContext, "store" | "inboxId"> {
  /** Serializes `requestRemoval` calls of one conversation. */
  readonly leaving: KeyedMutex<GroupId>;
  readonly closing: AbortSignal;
}

/**
 * Asks the super admins to remove the user. Sends an earlier request first, if it is still pending.
 *
 * @throws {ClientError} `cannot-leave`, `already-leaving`
 */
export function requestRemoval(
  group: MlsGroup,
  parts: LeaveParts,
): Promise<void> {
  const { leaving, outbox, store, inboxId, closing } = parts;
  return leaving.run(group.id, async () => {
    expectCanLeave(group, inboxId);
    if (await isLeaving(group.id, store)) {
      throw new ClientError(
        "already-leaving",
        "expected a member without a request to leave, got one whose request is open",
      );
    }
    const pending = await store.history.unpublished(group.id);
    const isRequested = pending.some(({ decryptedMessageBytes }) =>
      isLeaveRequest(decryptedMessageBytes),
    );
    if (!isRequested) await outbox.keep(group.id, encodeLeaveRequest(), {});
    await publishPending(group, parts, closing);
  });
}

/** True if the user has asked to leave, and is still a member. */
export async function isLeaving(
  id: GroupId,
  { history }: Pick<Store, "history">,
): Promise<boolean> {
  const row = await history.conversation(id);
  return row?.membershipState === GroupMembershipStateSave.PENDING_REMOVE;
}

export interface RemoveLeaversParts
  extends ChangeParts,
    Pick<ClientContext, "clock" | "log"> {
  readonly ledger: Ledger;
}

/**
 * Removes the members who have asked to leave, in one commit. They are read again for each try, so that no progress is
 * stored: the work resumes after a crash when the conversation is next recorded.
 */
export function removeLeavers(
  id: GroupId,
  parts: RemoveLeaversParts,
): Promise<void> {
  return tryUntilDone("leavers.later", parts, () =>
    tried("leavers.failed", id, parts, () => removeOnce(id, parts)),
  );
}

async function removeOnce(
  id: GroupId,
  parts: RemoveLeaversParts,
): Promise<void> {
  const { installation, ledger, receiver, closing } = parts;
  const group = installation.group(id);
  if (!group) return;
  await group.sync(closing);
  const leavers = () => ledger.leaversOf(group);
  // Another super admin may have removed them already.
  if ((await leavers()).length === 0) return;
  const change = async () => ({ remove: await leavers() });
  const { revoked } = await updateMembers(group, change, parts, closing);
  // Recording starts this work again while leavers remain, so it must not run after a commit without an effect.
  if (revoked.length > 0) await receiver.record(group);
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
