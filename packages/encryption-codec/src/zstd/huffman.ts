import { BackwardBits, type ByteCursor } from "./bits.js";
import { corrupt } from "./corrupt.js";
import { type FseTable, readFseTable } from "./fse.js";

/** A Huffman decoding table, looked up by the next `maxBits` bits. */
export interface HuffmanTable {
  readonly maxBits: number;
  readonly symbols: Uint8Array;
  readonly bitCounts: Uint8Array;
}

/** RFC 8878 section 4.2.1. */
const longestCode = 11;
/** All 256 literals but the last: its weight follows from the others. */
const maxWeights = 255;
/** RFC 8878 section 4.2.1.1. */
const weightTable = { maxAccuracyLog: 6, maxSymbol: maxWeights } as const;

/** Reads a Huffman tree description (RFC 8878 section 4.2.1). */
export function readHuffmanTable(cursor: ByteCursor): HuffmanTable {
  const head = cursor.number(1);
  if (head < 128) return buildHuffmanTable(readFseWeights(cursor.take(head)));
  const count = head - 127;
  const packed = cursor.take((count + 1) >> 1);
  const weights = Array.from({ length: count }, (_, i) => {
    const pair = packed[i >> 1] ?? 0;
    return i % 2 === 0 ? pair >> 4 : pair & 15;
  });
  return buildHuffmanTable(weights);
}

/** Two states take turns until the bits run out (RFC 8878 section 4.2.1.2). */
function readFseWeights(bytes: Uint8Array): number[] {
  const { table, bytesUsed } = readFseTable(bytes, weightTable);
  const bits = new BackwardBits(bytes.subarray(bytesUsed));
  let current = bits.read(table.accuracyLog);
  let other = bits.read(table.accuracyLog);
  const weights: number[] = [];
  while (weights.length < maxWeights) {
    weights.push(table.symbols[current] ?? 0);
    const next = nextState(table, current, bits);
    if (bits.left < 0) {
      weights.push(table.symbols[other] ?? 0);
      break;
    }
    current = other;
    other = next;
  }
  if (bits.left >= 0 || weights.length > maxWeights) {
    throw corrupt("a Huffman tree has too many weights");
  }
  return weights;
}

function nextState(table: FseTable, state: number, bits: BackwardBits): number {
  return (table.baselines[state] ?? 0) + bits.read(table.bitCounts[state] ?? 0);
}

/** RFC 8878 section 4.2.1.3: longer codes first, then by symbol. */
function buildHuffmanTable(weights: number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) {
    if (weight > longestCode) throw corrupt("a Huffman code is too long");
    if (weight > 0) sum += 1 << (weight - 1);
  }
  const maxBits = 32 - Math.clz32(sum);
  const size = 1 << maxBits;
  const missing = size - sum;
  if (sum === 0 || maxBits > longestCode || (missing & (missing - 1)) !== 0) {
    throw corrupt("a Huffman tree's weights do not add up");
  }
  weights.push(32 - Math.clz32(missing));
  const symbols = new Uint8Array(size);
  const bitCounts = new Uint8Array(size);
  let at = 0;
  for (let weight = 1; weight <= maxBits; weight++) {
    const span = 1 << (weight - 1);
    for (const [symbol, its] of weights.entries()) {
      if (its !== weight) continue;
      symbols.fill(symbol, at, at + span);
      bitCounts.fill(maxBits + 1 - weight, at, at + span);
      at += span;
    }
  }
  return { maxBits, symbols, bitCounts };
}

/** Fills `target` from one stream, which must end with the last symbol (RFC 8878 section 4.2.2). */
export function decodeHuffman(
  table: HuffmanTable,
  stream: Uint8Array,
  target: Uint8Array,
): void {
  const bits = new BackwardBits(stream);
  for (let i = 0; i < target.length; i++) {
    const code = bits.peek(table.maxBits);
    target[i] = table.symbols[code] ?? 0;
    bits.left -= table.bitCounts[code] ?? 0;
  }
  if (bits.left !== 0) throw corrupt("a Huffman stream has a wrong length");
}
