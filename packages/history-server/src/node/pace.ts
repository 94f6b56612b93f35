/** Large enough for libxmtp: its reader can lose its place where a piece is smaller than one element. */
export const smallestPieceBytes: number = 128 * 1024;
const largestPieceBytes = 512 * 1024;
const quickMs = 25;

/**
 * How large the pieces of one transfer are. They grow for who takes or brings them within 25 ms, because each one costs a
 * round through the thread pool, and shrink for who doesn't: hundreds of slow transfers hold little, and quick ones are few.
 */
export class Pace {
  readonly #now: () => number;
  #bytes: number = smallestPieceBytes;
  #lastMs: number;

  /** `now` gives milliseconds since any moment. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#lastMs = now();
  }

  get pieceBytes(): number {
    return this.#bytes;
  }

  /** A piece has gone its way. */
  passed(): void {
    const nowMs = this.#now();
    const tookMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#bytes =
      tookMs < quickMs
        ? Math.min(2 * this.#bytes, largestPieceBytes)
        : Math.max(this.#bytes / 2, smallestPieceBytes);
  }
}
