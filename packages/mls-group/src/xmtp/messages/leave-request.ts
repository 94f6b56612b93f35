import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  EncodedContentSchema,
  LeaveRequestSchema,
} from "@history-sync/proto/message-contents";

// XIP-75.
const authorityId = "xmtp.org";
const typeId = "leave_request";
const versionMajor = 1;

/**
 * Returns the content by which a member asks to be removed from a group, since MLS lets no member remove itself: a
 * serialised EncodedContent of XMTP's type `leave_request` 1.0. It concerns the sender's whole inbox.
 */
export function encodeLeaveRequest(): Uint8Array {
  const content = toBinary(LeaveRequestSchema, create(LeaveRequestSchema));
  return toBinary(
    EncodedContentSchema,
    create(EncodedContentSchema, {
      type: { authorityId, typeId, versionMajor },
      content,
    }),
  );
}

/** Returns true if a serialised EncodedContent, from any sender, is such a request. Its note isn't read. */
export function isLeaveRequest(encoded: Uint8Array): boolean {
  try {
    const { type, content, compression } = fromBinary(
      EncodedContentSchema,
      encoded,
    );
    if (
      type?.authorityId !== authorityId ||
      type.typeId !== typeId ||
      type.versionMajor !== versionMajor ||
      compression !== undefined
    ) {
      return false;
    }
    fromBinary(LeaveRequestSchema, content);
    return true;
  } catch {
    return false;
  }
}
