import { create } from "@bufbuild/protobuf";
import type { ImportReceipt } from "@history-sync/archive";
import {
  type SyncReceipt,
  SyncReceiptSchema,
} from "@history-sync/proto/history-sync";

// About 25 kB in a message.
const maxConversations = 1_000;

/** What the answerer is told of an import; without a receipt the archive didn't say what it holds. */
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

/** What another installation says, no longer than what we say. */
export function boundedReceipt(receipt: SyncReceipt): SyncReceipt {
  const conversations = receipt.conversations.slice(0, maxConversations);
  return { ...receipt, conversations };
}
