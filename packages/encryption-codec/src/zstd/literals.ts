import type { ByteCursor } from "./bits.js";
import { corrupt } from "./corrupt.js";
import {
  decodeHuffman,
  type HuffmanTable,
  readHuffmanTable,
} from "./huffman.js";

export interface Literals {
  readonly bytes: Uint8Array;
  /** The tree that a later block's literals may use again. */
  readonly table: HuffmanTable | undefined;
}

interface LiteralsHeader {
  readonly type: "raw" | "rle" | "compressed" | "treeless";
  readonly size: number;
  readonly compressedSize: number;
  readonly streams: 1 | 4;
}

/** Reads a literals section (RFC 8878 section 3.1.1.3.1). */
export function readLiterals(
  cursor: ByteCursor,
  previous: HuffmanTable | undefined,
  maxBytes: number,
): Literals {
  const header = readHeader(cursor);
  if (header.size > maxBytes) throw corrupt("a block has too many literals");
  if (header.type === "raw") {
    return { bytes: cursor.take(header.size), table: previous };
  }
  if (header.type === "rle") {
    const bytes = new Uint8Array(header.size).fill(cursor.number(1));
    return { bytes, table: previous };
  }
  const before = cursor.ahead().length;
  const table =
    header.type === "compressed" ? readHuffmanTable(cursor) : previous;
  if (table === undefined) throw corrupt("literals refer to no Huffman tree");
  const treeBytes = before - cursor.ahead().length;
  if (treeBytes > header.compressedSize) {
    throw corrupt("a Huffman tree reaches past its literals");
  }
  const streams = cursor.take(header.compressedSize - treeBytes);
  const bytes = new Uint8Array(header.size);
  if (header.streams === 1) decodeHuffman(table, streams, bytes);
  else decodeFourStreams(table, streams, bytes);
  return { bytes, table };
}

/** RFC 8878 section 3.1.1.3.1.1. */
function readHeader(cursor: ByteCursor): LiteralsHeader {
  const types = ["raw", "rle", "compressed", "treeless"] as const;
  const [first = 0] = cursor.ahead();
  const type = types[first & 3] ?? "raw";
  const format = (first >> 2) & 3;
  if (type === "raw" || type === "rle") {
    const length = format === 1 ? 2 : format === 3 ? 3 : 1;
    const size = cursor.number(length) >> (length === 1 ? 3 : 4);
    return { type, size, compressedSize: 0, streams: 1 };
  }
  const length = format < 2 ? 3 : format + 2;
  const sizeBits = format < 2 ? 10 : format === 2 ? 14 : 18;
  const word = Math.floor(cursor.number(length) / 16);
  return {
    type,
    size: word % 2 ** sizeBits,
    compressedSize: Math.floor(word / 2 ** sizeBits),
    streams: format === 0 ? 1 : 4,
  };
}

/** RFC 8878 section 3.1.1.3.1.6: the sizes of three streams, then all four. */
function decodeFourStreams(
  table: HuffmanTable,
  bytes: Uint8Array,
  target: Uint8Array,
): void {
  const quarter = (target.length + 3) >> 2;
  if (bytes.length < 6 || 3 * quarter > target.length) {
    throw corrupt("four Huffman streams are too short");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, 6);
  let from = 6;
  for (let i = 0; i < 4; i++) {
    const to = i === 3 ? bytes.length : from + view.getUint16(2 * i, true);
    if (to > bytes.length) throw corrupt("a Huffman stream is cut off");
    const end = i === 3 ? target.length : (i + 1) * quarter;
    const part = target.subarray(i * quarter, end);
    decodeHuffman(table, bytes.subarray(from, to), part);
    from = to;
  }
}
