import {
  concatBytes,
  type GroupId,
  idBytes,
  type MessageId,
  messageIdOf,
} from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";

const separator = Uint8Array.of(0x09);

/**
 * The id that every member gives a message: SHA-256 over the group's id, the idempotency key (the sender's time in
 * nanoseconds, as decimal text) and the content of its PlaintextEnvelope.V1, with tabs between them.
 */
export function xmtpMessageId(
  groupId: GroupId,
  idempotencyKey: string,
  content: Uint8Array,
): MessageId {
  const key = new TextEncoder().encode(idempotencyKey);
  return messageIdOf(
    sha256(concatBytes(idBytes(groupId), separator, key, separator, content)),
  );
}
