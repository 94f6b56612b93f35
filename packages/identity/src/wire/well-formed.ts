import {
  type DescField,
  type DescMessage,
  ScalarType,
} from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { IdentityError } from "../errors.js";

/**
 * Refuses what a lenient parser reads and a strict one doesn't: fields of another wire type than their own, and
 * messages that end beyond the one that contains them. All readers of a log have to agree on what is in it.
 */
export function assertWellFormed(schema: DescMessage, bytes: Uint8Array): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = schema.fields.find((known) => known.number === number);
    if (field !== undefined && wireType !== wireTypeOf(field)) {
      throw new IdentityError(
        "malformed-update",
        `${schema.name}.${field.name} has the wire type ${wireType}`,
      );
    }
    const { message } = field ?? {};
    if (message === undefined) reader.skip(wireType, number);
    else assertWellFormed(message, reader.bytes());
  }
}

/** Of the kinds of fields that identity messages have. */
function wireTypeOf({ scalar, message }: DescField): WireType {
  return message !== undefined ||
    scalar === ScalarType.STRING ||
    scalar === ScalarType.BYTES
    ? WireType.LengthDelimited
    : WireType.Varint;
}
