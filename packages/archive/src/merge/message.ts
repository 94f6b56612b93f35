import { equalBytes } from "@history-sync/primitives";
import type { GroupMessageSave } from "@history-sync/proto/device-sync";

/**
 * Merges a message with the local one of the same id, which always remains. It is a conflict if body, sender or
 * conversation differ. Times and delivery states may differ between installations; that is no conflict.
 */
export function mergeMessage(
  local: GroupMessageSave | undefined,
  other: GroupMessageSave,
): { readonly message: GroupMessageSave; readonly isConflict: boolean } {
  return local
    ? { message: local, isConflict: !saysTheSame(local, other) }
    : { message: other, isConflict: false };
}

function saysTheSame(a: GroupMessageSave, b: GroupMessageSave): boolean {
  return (
    a.kind === b.kind &&
    a.senderInboxId === b.senderInboxId &&
    equalBytes(a.groupId, b.groupId) &&
    equalBytes(a.senderInstallationId, b.senderInstallationId) &&
    equalBytes(a.decryptedMessageBytes, b.decryptedMessageBytes)
  );
}
