import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { unwrapMessage, wrapMessage } from "@history-sync/mls-group/xmtp";
import type {
  GroupId,
  InstallationId,
  MessageId,
} from "@history-sync/primitives";
import {
  type DeviceSyncContent,
  DeviceSyncContentSchema,
} from "@history-sync/proto/device-sync";
import { EncodedContentSchema } from "@history-sync/proto/message-contents";
import { SyncGroupError } from "../errors.js";

/** The content of one of XMTP's device-sync messages, discriminated by `case`. */
export type SyncContent = Exclude<
  DeviceSyncContent["content"],
  { case: undefined }
>;

/** A message in a sync group. */
export interface DeviceSyncMessage {
  readonly id: MessageId;
  readonly groupId: GroupId;
  /** The node's sequence number in the group's topic. */
  readonly sequence: bigint;
  readonly sender: InstallationId;
  /** True if this installation sent it. */
  readonly own: boolean;
  readonly epoch: bigint;
  /** By the node's clock. */
  readonly sentAtNs: bigint;
  readonly content: SyncContent;
}

/** Wraps a message as XMTP does: PlaintextEnvelope.V1 around EncodedContent around DeviceSyncContent. */
export function wrapContent(
  content: SyncContent,
  groupId: GroupId,
  sentAtNs: bigint,
): ReturnType<typeof wrapMessage> {
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
  return wrapMessage(encoded, groupId, sentAtNs);
}

/**
 * Decodes what `wrapContent` encoded, of any content type.
 *
 * @throws {SyncGroupError} `unknown-content` for a device-sync message of an unknown kind, `invalid-content` for other bytes
 */
export function unwrapContent(
  plaintext: Uint8Array,
  groupId: GroupId,
): { readonly id: MessageId; readonly content: SyncContent } {
  const opened = unwrapMessage(plaintext, groupId);
  if (!opened) throw invalid(plaintext, "without a V1 envelope");
  const { content, $unknown = [] } = decoded(opened.content, plaintext);
  if (content.case === undefined) {
    throw $unknown.length > 0
      ? new SyncGroupError(
          "unknown-content",
          `expected a device-sync message that is known here, got the field ${$unknown[0]?.no}`,
        )
      : invalid(plaintext, "with nothing in it");
  }
  return { id: opened.id, content };
}

function decoded(
  encoded: Uint8Array,
  plaintext: Uint8Array,
): DeviceSyncContent {
  try {
    const { content } = fromBinary(EncodedContentSchema, encoded);
    return fromBinary(DeviceSyncContentSchema, content);
  } catch (cause) {
    throw invalid(plaintext, "that are none", cause);
  }
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
