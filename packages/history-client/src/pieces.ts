import { unlessAborted } from "@history-sync/async";
export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** True if it is the last. */
  readonly isLast: boolean;
}

/** Cuts a body into pieces of one size, the last one smaller; an empty body is one empty piece. */
export interface Pieces {
  /** Returns true if the body is one piece only; reads the first one for it. */
  isOne(signal: AbortSignal | undefined): Promise<boolean>;
  next(signal: AbortSignal | undefined): Promise<Piece>;
  /** Gives what is left of the body as it comes. */
  rest(): AsyncGenerator<Uint8Array, void, undefined>;
  cancel(): void;
}

export function piecesOf(
  body: ReadableStream<Uint8Array>,
  pieceBytes: number,
): Pieces {
  const reader = body.getReader();
  // Read ahead, so that a piece knows whether it is the last.
  let ahead: Uint8Array | undefined;
  let ended = false;
  const fetchAhead = async (signal: AbortSignal | undefined) => {
    while (!ended && (ahead === undefined || ahead.length === 0)) {
      const { done, value } = await unlessAborted(reader.read(), signal);
      ended = done;
      ahead = value;
    }
  };
  const cut = async (signal: AbortSignal | undefined): Promise<Piece> => {
    const buffer = new Uint8Array(pieceBytes);
    let filled = 0;
    await fetchAhead(signal);
    while (ahead !== undefined && filled < pieceBytes) {
      const part = ahead.subarray(0, pieceBytes - filled);
      buffer.set(part, filled);
      filled += part.length;
      ahead =
        ahead.length > part.length ? ahead.subarray(part.length) : undefined;
      await fetchAhead(signal);
    }
    return {
      bytes: buffer.subarray(0, filled),
      isLast: ahead === undefined,
    };
  };
  let first: Piece | undefined;
  return {
    async isOne(signal) {
      first ??= await cut(signal);
      return first.isLast;
    },
    async next(signal) {
      const piece = first ?? (await cut(signal));
      // Not kept: what was sent can be forgotten.
      first = undefined;
      return piece;
    },
    async *rest() {
      if (first && first.bytes.length > 0) yield first.bytes;
      first = undefined;
      if (ahead !== undefined) yield ahead;
      ahead = undefined;
      while (!ended) {
        const { done, value } = await reader.read();
        ended = done;
        if (value) yield value;
      }
    },
    cancel: () => void reader.cancel().catch(() => {}),
  };
}
