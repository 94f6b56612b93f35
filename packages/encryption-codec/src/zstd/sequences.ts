import { BackwardBits, type ByteCursor } from "./bits.js";
import { corrupt } from "./corrupt.js";
import {
  buildFseTable,
  type FseTable,
  readFseTable,
  singleSymbolTable,
} from "./fse.js";

/** The three tables of a block; each may be used again by the next one. */
export interface SequenceTables {
  readonly literalLengths: FseTable;
  readonly offsets: FseTable;
  readonly matchLengths: FseTable;
}

/** Copy so many literals, then so many bytes from earlier. The offset is as coded: 1 to 3 mean recent ones. */
export type OnSequence = (
  literalLength: number,
  offsetValue: number,
  matchLength: number,
) => void;

interface Kind {
  readonly maxAccuracyLog: number;
  readonly maxSymbol: number;
  readonly predefined: FseTable;
}

const ones = (count: number): number[] => new Array<number>(count).fill(1);
const twos = (count: number): number[] => new Array<number>(count).fill(2);
const rare = (count: number): number[] => new Array<number>(count).fill(-1);

/** Limits: RFC 8878 section 3.1.1.3.2.1.1; predefined tables: section 3.1.1.3.2.2. */
const literalLengthKind: Kind = {
  maxAccuracyLog: 9,
  maxSymbol: 35,
  predefined: buildFseTable(
    [4, 3, ...twos(11), ...ones(3), ...twos(9), 3, 2, ...ones(5), ...rare(4)],
    6,
  ),
};
const matchLengthKind: Kind = {
  maxAccuracyLog: 9,
  maxSymbol: 52,
  predefined: buildFseTable([1, 4, 3, ...twos(6), ...ones(37), ...rare(7)], 6),
};
const offsetKind: Kind = {
  maxAccuracyLog: 8,
  maxSymbol: 31,
  predefined: buildFseTable(
    [...ones(6), ...twos(3), ...ones(15), ...rare(5)],
    5,
  ),
};

/** Extra bits of each code, and the lengths that they are added to: RFC 8878 section 3.1.1.3.2.1.1. */
const literalLengthBits = [
  ...new Array<number>(16).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
];
const matchLengthBits = [
  ...new Array<number>(32).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
];
const literalLengthBases = basesOf(literalLengthBits, 0);
const matchLengthBases = basesOf(matchLengthBits, 3);

/**
 * Reads a sequences section (RFC 8878 section 3.1.1.3.2) and gives the tables that the next block may repeat.
 * `onSequence` must throw when a block grows too long: that bounds the work.
 */
export function readSequences(
  cursor: ByteCursor,
  previous: SequenceTables | undefined,
  onSequence: OnSequence,
): SequenceTables | undefined {
  const count = readCount(cursor);
  if (count === 0) {
    if (cursor.ahead().length > 0) throw corrupt("bytes follow the literals");
    return previous;
  }
  const modes = cursor.number(1);
  if ((modes & 3) !== 0) throw corrupt("reserved bits are set");
  const tables: SequenceTables = {
    literalLengths: readTable(
      cursor,
      modes >> 6,
      literalLengthKind,
      previous?.literalLengths,
    ),
    offsets: readTable(cursor, (modes >> 4) & 3, offsetKind, previous?.offsets),
    matchLengths: readTable(
      cursor,
      (modes >> 2) & 3,
      matchLengthKind,
      previous?.matchLengths,
    ),
  };
  decodeSequences(new BackwardBits(cursor.rest()), count, tables, onSequence);
  return tables;
}

function readCount(cursor: ByteCursor): number {
  const first = cursor.number(1);
  if (first < 128) return first;
  if (first < 255) return ((first - 128) << 8) + cursor.number(1);
  return cursor.number(2) + 0x7f00;
}

function readTable(
  cursor: ByteCursor,
  mode: number,
  kind: Kind,
  previous: FseTable | undefined,
): FseTable {
  switch (mode) {
    case 0:
      return kind.predefined;
    case 1: {
      const symbol = cursor.number(1);
      if (symbol > kind.maxSymbol) throw corrupt("a code is out of range");
      return singleSymbolTable(symbol);
    }
    case 2: {
      const { table, bytesUsed } = readFseTable(cursor.ahead(), kind);
      cursor.take(bytesUsed);
      return table;
    }
    default:
      if (previous === undefined) throw corrupt("no table to repeat");
      return previous;
  }
}

/** RFC 8878 section 3.1.1.3.2.1.2. */
function decodeSequences(
  bits: BackwardBits,
  count: number,
  tables: SequenceTables,
  onSequence: OnSequence,
): void {
  const { literalLengths, offsets, matchLengths } = tables;
  let literalState = bits.read(literalLengths.accuracyLog);
  let offsetState = bits.read(offsets.accuracyLog);
  let matchState = bits.read(matchLengths.accuracyLog);
  const next = (table: FseTable, state: number) =>
    (table.baselines[state] ?? 0) + bits.read(table.bitCounts[state] ?? 0);
  for (let left = count; left > 0; left--) {
    const offsetCode = offsets.symbols[offsetState] ?? 0;
    const matchCode = matchLengths.symbols[matchState] ?? 0;
    const literalCode = literalLengths.symbols[literalState] ?? 0;
    const offsetValue = 2 ** offsetCode + bits.read(offsetCode);
    const matchLength =
      (matchLengthBases[matchCode] ?? 0) +
      bits.read(matchLengthBits[matchCode] ?? 0);
    const literalLength =
      (literalLengthBases[literalCode] ?? 0) +
      bits.read(literalLengthBits[literalCode] ?? 0);
    onSequence(literalLength, offsetValue, matchLength);
    if (left === 1) break;
    literalState = next(literalLengths, literalState);
    matchState = next(matchLengths, matchState);
    offsetState = next(offsets, offsetState);
  }
  if (bits.left !== 0) throw corrupt("a sequence stream has a wrong length");
}

function basesOf(bits: readonly number[], first: number): number[] {
  let base = first;
  return bits.map((count) => {
    const own = base;
    base += 2 ** count;
    return own;
  });
}
