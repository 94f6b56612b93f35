import { equalBytes } from "@history-sync/primitives";
import type { GroupMessageSave } from "@history-sync/proto/device-sync";

/**
 * The local message always stays; it is a conflict if the other one has another body, sender or conversation.
 * Times and delivery states may differ between installations and are no conflict.
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
