import { ForwardBits } from "./bits.js";
import { corrupt } from "./corrupt.js";

/** A finite-state-entropy decoding table: one row a state (RFC 8878 section 4.1). */
export interface FseTable {
  readonly accuracyLog: number;
  readonly symbols: Uint8Array;
  /** How many bits lead from this state to the next. */
  readonly bitCounts: Uint8Array;
  /** The next state is this plus those bits. */
  readonly baselines: Uint16Array;
}

/** A table that always gives one symbol. */
export function singleSymbolTable(symbol: number): FseTable {
  return {
    accuracyLog: 0,
    symbols: Uint8Array.of(symbol),
    bitCounts: Uint8Array.of(0),
    baselines: Uint16Array.of(0),
  };
}

/** Reads a table description (RFC 8878 section 4.1.1) and says how many bytes it took. */
export function readFseTable(
  bytes: Uint8Array,
  limits: { readonly maxAccuracyLog: number; readonly maxSymbol: number },
): { readonly table: FseTable; readonly bytesUsed: number } {
  const bits = new ForwardBits(bytes);
  const accuracyLog = 5 + bits.peek(4);
  bits.skip(4);
  if (accuracyLog > limits.maxAccuracyLog) {
    throw corrupt("a table is finer than its kind may be");
  }
  const counts: number[] = [];
  let remaining = 1 << accuracyLog;
  while (remaining > 0) {
    const count = readCount(bits, remaining);
    counts.push(count);
    remaining -= Math.abs(count);
    if (count === 0) readZeroRun(bits, counts, limits.maxSymbol);
    if (counts.length > limits.maxSymbol + 1) {
      throw corrupt("a table has more symbols than its kind may have");
    }
  }
  return {
    table: buildFseTable(counts, accuracyLog),
    bytesUsed: bits.bytesUsed,
  };
}

/** One probability; -1 means "less than one". Small values take one bit less. */
function readCount(bits: ForwardBits, remaining: number): number {
  const most = remaining + 1;
  const width = 32 - Math.clz32(most);
  const lowMask = (1 << (width - 1)) - 1;
  const spare = (1 << width) - 1 - most;
  const low = bits.peek(width - 1) & lowMask;
  if (low < spare) {
    bits.skip(width - 1);
    return low - 1;
  }
  const value = bits.peek(width);
  bits.skip(width);
  return (value > lowMask ? value - spare : value) - 1;
}

function readZeroRun(
  bits: ForwardBits,
  counts: number[],
  maxSymbol: number,
): void {
  let repeat: number;
  do {
    repeat = bits.peek(2);
    bits.skip(2);
    for (let i = 0; i < repeat; i++) counts.push(0);
  } while (repeat === 3 && counts.length <= maxSymbol);
}

/** Spreads the symbols over the states (RFC 8878 section 4.1.1). The counts add up to the table's size. */
export function buildFseTable(
  counts: readonly number[],
  accuracyLog: number,
): FseTable {
  const size = 1 << accuracyLog;
  const symbols = new Uint8Array(size);
  const next = Uint16Array.from(counts, Math.abs);
  let high = size;
  for (const [symbol, count] of counts.entries()) {
    if (count === -1) symbols[--high] = symbol;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (const [symbol, count] of counts.entries()) {
    for (let i = 0; i < count; i++) {
      symbols[position] = symbol;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  }
  const bitCounts = new Uint8Array(size);
  const baselines = new Uint16Array(size);
  for (const [state, symbol] of symbols.entries()) {
    const rank = next[symbol] ?? 0;
    next[symbol] = rank + 1;
    const width = accuracyLog - (31 - Math.clz32(rank));
    bitCounts[state] = width;
    baselines[state] = (rank << width) - size;
  }
  return { accuracyLog, symbols, bitCounts, baselines };
}
