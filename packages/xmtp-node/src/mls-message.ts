import type { WireReader } from "@history-sync/mls-group/wire";
import { decodeWire } from "./decode-wire.js";

/** The fields of a message that the node reads; the rest is for the group's members. */
export interface MlsMessageHead {
  readonly groupId: Uint8Array;
  readonly epoch: bigint;
  readonly isCommit: boolean;
}

// RFC 9420 section 6.
const mls10 = 1;
const wireFormats = { publicMessage: 1, privateMessage: 2 } as const;
const contentTypes = { application: 1, proposal: 2, commit: 3 } as const;
const senders = { member: 1, external: 2, newMemberCommit: 4 } as const;
const maxGroupIdBytes = 255;

/** Reads an MLSMessage of a group; throws `invalid-message`. */
export function readMlsMessage(bytes: Uint8Array): MlsMessageHead {
  return decodeWire(bytes, "invalid-message", headOf);
}

function headOf(reader: WireReader): MlsMessageHead {
  const version = reader.uint16();
  if (version !== mls10) {
    throw reader.error(`expected version ${mls10}, got ${version}`);
  }
  const wireFormat = reader.uint16();
  const groupId = reader.vector();
  if (groupId.length === 0 || groupId.length > maxGroupIdBytes) {
    throw reader.error(
      `expected a group id of 1 to ${maxGroupIdBytes} bytes, got ${groupId.length}`,
    );
  }
  const epoch = reader.uint64();
  const contentType = contentTypeOf(reader, wireFormat);
  return { groupId, epoch, isCommit: contentType === contentTypes.commit };
}

function contentTypeOf(reader: WireReader, wireFormat: number): number {
  if (wireFormat === wireFormats.privateMessage) {
    const contentType = knownContentType(reader);
    reader.vector(); // authenticated data
    reader.vector(); // encrypted sender data
    reader.vector(); // ciphertext
    reader.end();
    return contentType;
  }
  if (wireFormat === wireFormats.publicMessage) {
    const sender = reader.uint8();
    if (sender < senders.member || sender > senders.newMemberCommit) {
      throw reader.error(`expected a kind of sender, got ${sender}`);
    }
    if (sender <= senders.external) reader.uint32();
    reader.vector(); // authenticated data
    return knownContentType(reader);
  }
  throw reader.error(
    `expected a private or public message, got wire format ${wireFormat}`,
  );
}

function knownContentType(reader: WireReader): number {
  const contentType = reader.uint8();
  if (
    contentType < contentTypes.application ||
    contentType > contentTypes.commit
  ) {
    throw reader.error(`expected a content type, got ${contentType}`);
  }
  return contentType;
}
