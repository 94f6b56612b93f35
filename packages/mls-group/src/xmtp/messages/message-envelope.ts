import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  concatBytes,
  type GroupId,
  idBytes,
  type MessageId,
  messageIdOf,
} from "@history-sync/primitives";
import {
  PlaintextEnvelope_V1Schema,
  PlaintextEnvelopeSchema,
} from "@history-sync/proto/message-contents";
import { sha256 } from "@noble/hashes/sha2.js";

const separator = Uint8Array.of(0x09);

/**
 * Returns the id that every member gives a message: SHA-256 over the group's id, the idempotency key (the sender's
 * time in nanoseconds, as decimal text) and the content of its PlaintextEnvelope.V1, with tabs between them.
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

/** An opened envelope: a serialised EncodedContent, and the id that every member gives it. */
export interface OpenedMessage {
  readonly id: MessageId;
  readonly content: Uint8Array;
}

/**
 * Wraps a content for MLS in XMTP's PlaintextEnvelope.V1. The sender's time is part of its id: no two messages of an
 * installation may have the same.
 */
export function wrapMessage(
  content: Uint8Array,
  groupId: GroupId,
  sentAtNs: bigint,
): { readonly id: MessageId; readonly plaintext: Uint8Array } {
  const idempotencyKey = sentAtNs.toString();
  const value = create(PlaintextEnvelope_V1Schema, { content, idempotencyKey });
  const envelope = create(PlaintextEnvelopeSchema, {
    content: { case: "v1", value },
  });
  return {
    id: xmtpMessageId(groupId, idempotencyKey, content),
    plaintext: toBinary(PlaintextEnvelopeSchema, envelope),
  };
}

/** Opens an envelope. Returns undefined for bytes that are none. */
export function unwrapMessage(
  plaintext: Uint8Array,
  groupId: GroupId,
): OpenedMessage | undefined {
  try {
    const { content } = fromBinary(PlaintextEnvelopeSchema, plaintext);
    if (content.case !== "v1") return undefined;
    const { content: encoded, idempotencyKey } = content.value;
    const id = xmtpMessageId(groupId, idempotencyKey, encoded);
    return { id, content: encoded };
  } catch {
    return undefined;
  }
}
