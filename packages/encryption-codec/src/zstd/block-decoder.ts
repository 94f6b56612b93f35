import { ByteCursor } from "./bits.js";
import { corrupt } from "./corrupt.js";
import type { HuffmanTable } from "./huffman.js";
import { readLiterals } from "./literals.js";
import { readSequences, type SequenceTables } from "./sequences.js";
import type { Window } from "./window.js";

/**
 * Inflates the compressed blocks of one zstd frame (RFC 8878 section 3.1.1.3) where the platform has no zstd.
 * Work and memory for a block are bounded by `maxBytes`, whatever it claims.
 */
export class BlockDecoder {
  readonly #window: Window;
  readonly #maxBytes: number;
  #huffman: HuffmanTable | undefined;
  #tables: SequenceTables | undefined;
  /** Offsets used last, newest first (RFC 8878 section 3.1.1.5). */
  #recent: [number, number, number] = [1, 4, 8];

  constructor(window: Window, maxBytes: number) {
    this.#window = window;
    this.#maxBytes = maxBytes;
  }

  /** The inflated block, which is also appended to the window. */
  decode(block: Uint8Array): Uint8Array {
    const cursor = new ByteCursor(block);
    const literals = readLiterals(cursor, this.#huffman, this.#maxBytes);
    this.#huffman = literals.table;
    this.#window.reserve(this.#maxBytes);
    const target = this.#window.bytes;
    const start = this.#window.end;
    let at = start;
    let used = 0;
    const takeLiterals = (length: number) => {
      if (length > literals.bytes.length - used) {
        throw corrupt("a sequence takes more literals than there are");
      }
      target.set(literals.bytes.subarray(used, used + length), at);
      used += length;
      at += length;
    };
    this.#tables = readSequences(
      cursor,
      this.#tables,
      (literalLength, offsetValue, matchLength) => {
        if (at - start + literalLength + matchLength > this.#maxBytes) {
          throw corrupt("a block inflates to more than its limit");
        }
        takeLiterals(literalLength);
        const offset = this.#offset(offsetValue, literalLength);
        if (offset > Math.min(at, this.#window.size)) {
          throw corrupt("a match reaches back past the window");
        }
        // Byte by byte: a match may overlap what it writes.
        for (const end = at + matchLength; at < end; at++) {
          target[at] = target[at - offset] ?? 0;
        }
      },
    );
    const rest = literals.bytes.length - used;
    if (at - start + rest > this.#maxBytes) {
      throw corrupt("a block inflates to more than its limit");
    }
    takeLiterals(rest);
    this.#window.advance(at - start);
    return target.slice(start, at);
  }

  /** RFC 8878 section 3.1.1.5. */
  #offset(value: number, literalLength: number): number {
    const [first, second, third] = this.#recent;
    if (value > 3) {
      this.#recent = [value - 3, first, second];
      return value - 3;
    }
    const choice = literalLength === 0 ? value + 1 : value;
    switch (choice) {
      case 1:
        return first;
      case 2:
        this.#recent = [second, first, third];
        return second;
      case 3:
        this.#recent = [third, first, second];
        return third;
      default: {
        if (first === 1) throw corrupt("a match has no offset");
        this.#recent = [first - 1, first, second];
        return first - 1;
      }
    }
  }
}
