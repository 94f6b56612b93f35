import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { GroupMessageSave } from "@history-sync/proto/device-sync";
import { type Element, encodeElement } from "./element.js";

/**
 * Encodes many elements to the same bytes as `encodeElement`. Messages, which are nearly all of an archive, share one
 * writer and its buffer: four times as fast as a writer for each.
 */
export class ElementEncoder {
  readonly #writer = new BinaryWriter();

  encode(element: Element): Uint8Array<ArrayBuffer> {
    if (element.case !== "groupMessage") return encodeElement(element);
    this.#writer.tag(3, WireType.LengthDelimited).fork();
    writeMessage(this.#writer, element.value);
    return this.#writer.join().finish();
  }
}

/** The fields of proto3 in the order of their numbers, without those that have their default value. */
function writeMessage(writer: BinaryWriter, message: GroupMessageSave): void {
  const bytes = (field: number, value: Uint8Array) =>
    writer.tag(field, WireType.LengthDelimited).bytes(value);
  const text = (field: number, value: string) => {
    if (value) writer.tag(field, WireType.LengthDelimited).string(value);
  };
  const int32 = (field: number, value: number) => {
    if (value !== 0) writer.tag(field, WireType.Varint).int32(value);
  };
  const int64 = (field: number, value: bigint) =>
    writer.tag(field, WireType.Varint).int64(value);

  if (message.id.length > 0) bytes(1, message.id);
  if (message.groupId.length > 0) bytes(2, message.groupId);
  if (message.decryptedMessageBytes.length > 0) {
    bytes(3, message.decryptedMessageBytes);
  }
  if (message.sentAtNs !== 0n) int64(4, message.sentAtNs);
  int32(5, message.kind);
  if (message.senderInstallationId.length > 0) {
    bytes(6, message.senderInstallationId);
  }
  text(7, message.senderInboxId);
  int32(8, message.deliveryStatus);
  int32(9, message.contentTypeSave);
  int32(10, message.versionMajor);
  int32(11, message.versionMinor);
  text(12, message.authorityId);
  if (message.referenceId !== undefined) bytes(13, message.referenceId);
  if (message.sequenceId !== undefined) int64(14, message.sequenceId);
  if (message.originatorId !== undefined) int64(15, message.originatorId);
  text(16, message.contentType);
  if (message.shouldPush !== undefined) {
    writer.tag(1001, WireType.Varint).bool(message.shouldPush);
  }
  for (const { no, wireType, data } of message.$unknown ?? []) {
    writer.tag(no, wireType).raw(data);
  }
}
