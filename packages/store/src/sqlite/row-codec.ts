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

/** How a kind of row stands in its table. */
export interface RowCodec<Row> {
  /** The columns of a row, but for `import`. */
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

/** An optional field: left out where its column is null. */
export function optional<Name extends string, Value>(
  name: Name,
  column: SQLOutputValue | undefined,
  read: (value: SQLOutputValue) => Value,
): { readonly [name in Name]?: Value } {
  return (
    column === null || column === undefined ? {} : { [name]: read(column) }
  ) as { [name in Name]?: Value };
}

/** The fields of a message that its generated type doesn't know, as a message of nothing else; null for none. */
export function encodeUnknown<Desc extends DescMessage>(
  schema: Desc,
  { $unknown }: MessageShape<Desc>,
): Uint8Array | null {
  if (!$unknown?.length) return null;
  const bare = create(schema);
  bare.$unknown = $unknown;
  return toBinary(schema, bare);
}

/** Gives a message its unknown fields back. */
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
