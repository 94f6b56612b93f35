import type { ReceivedRecord } from "@history-sync/mls-group";
import { inboxOf, unwrapMessage } from "@history-sync/mls-group/xmtp";
import {
  equalBytes,
  type GroupId,
  type InstallationId,
  idBytes,
  type Logger,
  type MessageId,
} from "@history-sync/primitives";
import {
  DeliveryStatusSave,
  type GroupMessageSave,
  type GroupSave,
} from "@history-sync/proto/device-sync";
import type { HistoryStore } from "@history-sync/store";
import { messageRow } from "./message.js";

/**
 * Returns the rows of received messages that the history lacks. The first message with an id counts, because a member
 * could send it again as its own.
 */
export async function newMessageRows(
  groupId: GroupId,
  received: readonly ReceivedRecord[],
  history: HistoryStore,
  log: Logger,
): Promise<readonly GroupMessageSave[]> {
  const rows = new Map<MessageId, GroupMessageSave>();
  for (const record of received) {
    const { sequence, sender, credential, sentAtNs } = record;
    const opened = unwrapMessage(record.plaintext, groupId);
    const senderInboxId = inboxOf(credential);
    if (!opened || senderInboxId === undefined) {
      log("message.skipped", { group: groupId, sequence });
      continue;
    }
    const { id, content } = opened;
    const known = await history.message(id);
    const isAwaited = known && isUnpublished(known, sender);
    if (rows.has(id) || (known && !isAwaited)) continue;
    const message = { id, groupId, content, sentAtNs, sender };
    rows.set(id, messageRow({ ...message, senderInboxId, sequence }));
  }
  return [...rows.values()];
}

/** Returns the group's row with the time of its newest message, these included. */
export function withNewest(
  group: GroupSave,
  messages: readonly GroupMessageSave[],
): GroupSave {
  let newest = group.lastMessageNs ?? 0n;
  for (const { sentAtNs } of messages) {
    if (sentAtNs > newest) newest = sentAtNs;
  }
  return newest === 0n ? group : { ...group, lastMessageNs: newest };
}

/** True for a message that its sender hadn't sent yet: this installation's, or one from an archive, where it counts as failed. */
function isUnpublished(
  { deliveryStatus, senderInstallationId }: GroupMessageSave,
  sender: InstallationId,
): boolean {
  return (
    deliveryStatus !== DeliveryStatusSave.PUBLISHED &&
    equalBytes(senderInstallationId, idBytes(sender))
  );
}
