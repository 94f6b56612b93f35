import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";

export type Columns = Readonly<Record<string, SQLOutputValue>>;
export type Values = Readonly<Record<string, SQLInputValue>>;

/** Encodes and decodes the columns of one kind of row. */
export interface RowCodec<Row> {
  /** Returns the columns of a row, without `import`. */
  encode(row: Row): Values;
  decode(columns: Columns): Row;
}

export function text(value: SQLOutputValue | undefined): string {
  return String(value);
}

export function bytes(
  value: SQLOutputValue | undefined,
): Uint8Array<ArrayBuffer> {
  return value as Uint8Array<ArrayBuffer>;
}

export function integer(value: SQLOutputValue | undefined): bigint {
  return value as bigint;
}

/** Returns an optional field, or nothing where its column is null. */
export function optional<Name extends string, Value>(
  name: Name,
  column: SQLOutputValue | undefined,
  read: (value: SQLOutputValue) => Value,
): { readonly [name in Name]?: Value } {
  return (
    column === null || column === undefined ? {} : { [name]: read(column) }
  ) as { [name in Name]?: Value };
}

/**
 * Encodes the fields of a message that its generated type doesn't know, as a message without other fields; null for
 * none.
 */
export function encodeUnknown<Desc extends DescMessage>(
  schema: Desc,
  { $unknown }: MessageShape<Desc>,
): Uint8Array | null {
  if (!$unknown?.length) return null;
  const bare = create(schema);
  bare.$unknown = $unknown;
  return toBinary(schema, bare);
}

/** Adds the unknown fields to a message. */
export function withUnknown<Desc extends DescMessage>(
  schema: Desc,
  row: MessageShape<Desc>,
  unknown: SQLOutputValue | undefined,
): MessageShape<Desc> {
  if (unknown instanceof Uint8Array) {
    const { $unknown } = fromBinary(schema, unknown);
    if ($unknown) row.$unknown = $unknown;
  }
  return row;
}
