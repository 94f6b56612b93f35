import { equalBytes, type GroupId, idBytes } from "@history-sync/primitives";
import { WireError, WireReader } from "./index.js";

// RFC 9420 sections 6 and 17.
const mls10 = 0x0001;
const privateMessage = 0x0002;
const commit = 0x03;

// No store keeps a larger number, and no group reaches it.
const epochLimit = 2n ** 63n;

/** The part of a PrivateMessage that is in clear. It isn't authenticated yet. */
export interface MessageHeader {
  readonly epoch: bigint;
  readonly isCommit: boolean;
}

/** Reads the header of a PrivateMessage of this group. Returns undefined for other bytes. */
export function messageHeader(
  bytes: Uint8Array,
  groupId: GroupId,
): MessageHeader | undefined {
  try {
    const reader = new WireReader(bytes);
    const isPrivate =
      reader.uint16() === mls10 && reader.uint16() === privateMessage;
    if (!isPrivate || !equalBytes(reader.vector(), idBytes(groupId))) {
      return undefined;
    }
    const epoch = reader.uint64();
    const isCommit = reader.uint8() === commit;
    return epoch < epochLimit ? { epoch, isCommit } : undefined;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
