import { newSha256 } from "#sha256";
import { badAnswer } from "./answer-errors.js";
import { compareChecksum } from "./checksum.js";
import type { Connection } from "./connection.js";
import { HistoryClientError, tooLarge } from "./errors.js";
import type { ResumableUpload, SendOptions } from "./options.js";
import type { Piece, Pieces } from "./pieces.js";
import { append, lost, type Position, position } from "./tus-requests.js";

export interface SendPiecesOptions extends SendOptions {
  /** True if the server has nothing yet, so that it needn't be asked. */
  readonly isNew: boolean;
}

/** Sends pieces from wherever the server is, over any number of breaks, and checks what it has stored at the end. */
export async function sendPieces(
  connected: Connection,
  { uploadUrl }: ResumableUpload,
  pieces: Pieces,
  { onProgress = () => {}, isNew, signal }: SendPiecesOptions,
): Promise<void> {
  const { maxBytes, log } = connected;
  const deadlineMs = connected.deadlineMs();
  const retries = connected.retries(signal);
  const hash = newSha256();
  let known: Position | undefined = isNew
    ? { offset: 0, knowsLength: false }
    : undefined;

  const ask = async (): Promise<Position> => {
    const at = await position(connected, uploadUrl, deadlineMs, signal);
    log("transfer-resumed", { bytes: at.offset });
    return at;
  };
  const goOn = async (
    piece: Piece,
    start: number,
    at: Position,
  ): Promise<Position> => {
    const end = start + piece.bytes.length;
    if (at.offset > end) throw otherBody(end, at.offset);
    if (at.offset < start) throw lost();
    if (at.offset === end && at.knowsLength) throw neverDone(end);
    const rest = piece.bytes.subarray(at.offset - start);
    const total = piece.isLast && !at.knowsLength ? end : undefined;
    const next = { offset: at.offset, rest, total };
    const now = await append(connected, uploadUrl, next, deadlineMs, signal);
    if (now.offset <= at.offset && !now.etag) throw standsStill(at.offset);
    retries.reset();
    onProgress(now.offset);
    // Not every answer to a piece repeats it.
    return { ...now, knowsLength: at.knowsLength || total !== undefined };
  };
  /** Until the server has all of it, and of the last one has made the blob. */
  const sendPiece = async (piece: Piece, start: number): Promise<Position> => {
    const end = start + piece.bytes.length;
    while (true) {
      try {
        known ??= await ask();
        if (piece.isLast ? known.etag : known.offset >= end) return known;
        known = await goOn(piece, start, known);
      } catch (error) {
        await retries.afterFailure(error);
        known = undefined;
      }
    }
  };
  /** Returns the start of the next piece; undefined after the last one. A piece is released before the next one is read. */
  const sendNext = async (start: number): Promise<number | undefined> => {
    const piece = await pieces.next(signal);
    const end = start + piece.bytes.length;
    if (end > maxBytes) throw tooLarge(maxBytes);
    hash.update(piece.bytes);
    const at = await sendPiece(piece, start);
    if (!piece.isLast) return end;
    if (at.offset !== end) throw otherBody(end, at.offset);
    compareChecksum(at.etag, hash.digest(), "stored");
    log("uploaded", { bytes: end });
    return undefined;
  };

  let start: number | undefined = 0;
  while (start !== undefined) start = await sendNext(start);
}

function otherBody(expected: number, got: number): HistoryClientError {
  return new HistoryClientError(
    "upload-lost",
    `expected ${expected} bytes on the server, it has ${got}: they are another body's`,
  );
}

/** A server must not keep us asking for ever. */
function standsStill(offset: number): HistoryClientError {
  return new HistoryClientError(
    "unavailable",
    `the server took a piece and is still at offset ${offset}`,
    { retryable: true },
  );
}

function neverDone(total: number): HistoryClientError {
  return badAnswer(
    `expected the checksum of ${total} bytes that are all there`,
  );
}
