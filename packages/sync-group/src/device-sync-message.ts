import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { xmtpMessageId } from "@history-sync/mls-group/xmtp";
import type {
  GroupId,
  InstallationId,
  MessageId,
} from "@history-sync/primitives";
import {
  type DeviceSyncContent,
  DeviceSyncContentSchema,
} from "@history-sync/proto/device-sync";
import {
  EncodedContentSchema,
  PlaintextEnvelope_V1Schema,
  PlaintextEnvelopeSchema,
} from "@history-sync/proto/message-contents";
import { SyncGroupError } from "./errors.js";

/** What one installation says to the others: one of XMTP's device-sync messages, told apart by `case`. */
export type SyncContent = Exclude<
  DeviceSyncContent["content"],
  { case: undefined }
>;

/** A message in a sync group. */
export interface DeviceSyncMessage {
  readonly id: MessageId;
  readonly groupId: GroupId;
  /** Its place in the group's order. */
  readonly sequence: bigint;
  readonly sender: InstallationId;
  /** Whether this installation sent it. */
  readonly own: boolean;
  readonly epoch: bigint;
  /** The node's time. */
  readonly sentAtNs: bigint;
  readonly content: SyncContent;
}

/** A message as it goes into MLS, and the id that every member gives it. */
export interface SealedContent {
  readonly id: MessageId;
  readonly plaintext: Uint8Array;
}

/** Wraps a message as XMTP does: PlaintextEnvelope.V1 around EncodedContent around DeviceSyncContent. */
export function wrapContent(
  content: SyncContent,
  groupId: GroupId,
  sentAtNs: bigint,
): SealedContent {
  const inner = create(DeviceSyncContentSchema, { content });
  const encoded = toBinary(
    EncodedContentSchema,
    create(EncodedContentSchema, {
      type: {
        authorityId: "xmtp.org",
        typeId: "application/x-protobuf",
        versionMajor: 1,
      },
      content: toBinary(DeviceSyncContentSchema, inner),
    }),
  );
  const v1 = create(PlaintextEnvelope_V1Schema, {
    content: encoded,
    idempotencyKey: sentAtNs.toString(),
  });
  const envelope = create(PlaintextEnvelopeSchema, {
    content: { case: "v1", value: v1 },
  });
  return {
    id: xmtpMessageId(groupId, v1.idempotencyKey, encoded),
    plaintext: toBinary(PlaintextEnvelopeSchema, envelope),
  };
}

/**
 * Reads what `wrapContent` wrote, of whatever content type. Throws `unknown-content` for a message of a kind that isn't
 * known here, and `invalid-content` for what is no device-sync message.
 */
export function unwrapContent(
  plaintext: Uint8Array,
  groupId: GroupId,
): { readonly id: MessageId; readonly content: SyncContent } {
  const { encoded, idempotencyKey, message } = decoded(plaintext);
  const { content, $unknown = [] } = message;
  if (content.case === undefined) {
    throw $unknown.length > 0
      ? new SyncGroupError(
          "unknown-content",
          `expected a device-sync message that is known here, got the field ${$unknown[0]?.no}`,
        )
      : invalid(plaintext, "with nothing in it");
  }
  return { id: xmtpMessageId(groupId, idempotencyKey, encoded), content };
}

function decoded(plaintext: Uint8Array): {
  readonly encoded: Uint8Array;
  readonly idempotencyKey: string;
  readonly message: DeviceSyncContent;
} {
  try {
    const { content } = fromBinary(PlaintextEnvelopeSchema, plaintext);
    if (content.case === "v1") {
      const { content: encoded, idempotencyKey } = content.value;
      const inner = fromBinary(EncodedContentSchema, encoded).content;
      const message = fromBinary(DeviceSyncContentSchema, inner);
      return { encoded, idempotencyKey, message };
    }
  } catch (cause) {
    throw invalid(plaintext, "that are none", cause);
  }
  throw invalid(plaintext, "without a V1 envelope");
}

function invalid(
  { length }: Uint8Array,
  why: string,
  cause?: unknown,
): SyncGroupError {
  return new SyncGroupError(
    "invalid-content",
    `expected a device-sync message, got ${length} bytes ${why}`,
    { cause },
  );
}
