import { create } from "@bufbuild/protobuf";
import type { ImportReceipt } from "@history-sync/archive";
import {
  type SyncReceipt,
  SyncReceiptSchema,
} from "@history-sync/proto/history-sync";

// About 25 kB in a message.
const maxConversations = 1_000;

/** Returns the receipt of an import for the responder; without numbers where the archive has no manifest. */
export function receiptOf(
  requestId: string,
  receipt: ImportReceipt | undefined,
): SyncReceipt {
  if (!receipt) return create(SyncReceiptSchema, { requestId });
  const { complete, messages, conversations } = receipt;
  const isWhole = ({ present, expected }: (typeof conversations)[number]) =>
    present >= expected;
  const incompleteFirst = [
    ...conversations.filter((row) => !isWhole(row)),
    ...conversations.filter(isWhole),
  ];
  return create(SyncReceiptSchema, {
    requestId,
    complete,
    expected: messages.expected,
    present: messages.present,
    conversations: incompleteFirst
      .slice(0, maxConversations)
      .map(({ groupId, expected, present }) => ({
        groupId,
        expected,
        present,
      })),
  });
}

/** Returns a received receipt, cut to the length of those that this version sends. */
export function boundedReceipt(receipt: SyncReceipt): SyncReceipt {
  const conversations = receipt.conversations.slice(0, maxConversations);
  return { ...receipt, conversations };
}
