import type { Backoff } from "@history-sync/async";
import { unlessAborted } from "@history-sync/async";
import { newSha256, type Sha256 } from "#sha256";
import { badAnswer, errorOfAnswer } from "./answer-errors.js";
import { checksumEtag, compareChecksum } from "./checksum.js";
import type { Connection } from "./connection.js";
import {
  HistoryClientError,
  type HistoryClientErrorCode,
  tooLarge,
} from "./errors.js";
import type { Transfer } from "./transfer.js";

/** A body that is coming in, under the deadlines of its transfer. */
interface Source {
  readonly transfer: Transfer;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly response: Response;
}

/** Opens a blob and returns its bytes from the offset. A body that breaks is resumed after the bytes received. */
export async function downloadBlob(
  connected: Connection,
  url: string,
  offset: number,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const { maxBytes, log } = connected;
  const deadlineMs = connected.deadlineMs();
  const retries = connected.retries(signal);
  const from = offset > 0 ? { range: `bytes=${offset}-` } : {};
  const open = () => opened(connected, url, deadlineMs, signal, from);
  // A kept-alive connection may have been closed just now: a new one is worth a try.
  const source = await open().catch((error) => {
    if (hasCode(error, "unreachable")) return open();
    throw error;
  });
  const { headers, status } = source.response;
  // Servers without ranges send what is not wanted, too.
  const at = status === 206 ? offset : 0;
  const length = at + Number(headers.get("content-length") ?? 0);
  if (length > maxBytes) {
    close(source);
    throw tooLarge(maxBytes);
  }
  log("download-started", { bytes: length });
  source.transfer.ownTurn();
  const etag = checksumEtag(headers);
  const reopen = (at: number) => {
    if (etag === undefined) return undefined;
    const part = { range: `bytes=${at}-`, "if-range": etag };
    return opened(connected, url, deadlineMs, signal, part);
  };
  const hash = at === 0 ? newSha256() : undefined;
  const state = { source, etag, hash, at, skip: offset - at, retries };
  return mended(connected, state, reopen);
}

interface State {
  source: Source;
  readonly etag: string | undefined;
  /** Of the whole blob; undefined where the start doesn't come. */
  readonly hash: Sha256 | undefined;
  at: number;
  /** Bytes that come and are not wanted. */
  skip: number;
  readonly retries: Backoff;
}

function mended(
  { maxBytes, log }: Connection,
  state: State,
  reopen: (at: number) => Promise<Source> | undefined,
): ReadableStream<Uint8Array> {
  /** Throws where the body can't be resumed, or another attempt is of no use. */
  const goOn = async (broken: unknown): Promise<void> => {
    // Bytes that are wrong were handed on already.
    if (state.etag === undefined || hasCode(broken, "corrupted")) throw broken;
    let error = broken;
    while (true) {
      await state.retries.afterFailure(error);
      try {
        const source = await reopen(state.at);
        if (!source) throw broken;
        state.source = source;
        log("transfer-resumed", { bytes: state.at });
        return;
      } catch (again) {
        error = again;
      }
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (true) {
          const { source } = state;
          try {
            const chunk = await nextChunk(source);
            if (chunk === undefined) {
              compareReceived(state);
              source.transfer.end();
              controller.close();
              return;
            }
            state.at += chunk.length;
            if (state.at > maxBytes) throw tooLarge(maxBytes);
            state.hash?.update(chunk);
            state.retries.reset();
            const wanted = chunk.subarray(Math.min(state.skip, chunk.length));
            state.skip -= chunk.length - wanted.length;
            if (wanted.length === 0) continue;
            controller.enqueue(wanted);
            return;
          } catch (cause) {
            const error = source.transfer.failure(cause);
            close(source);
            await goOn(error);
          }
        }
      },
      cancel: () => close(state.source),
    },
    { highWaterMark: 0 },
  );
}

function compareReceived({ etag, hash }: State): void {
  if (hash) compareChecksum(etag, hash.digest(), "received");
}

async function nextChunk({
  reader,
  transfer,
}: Source): Promise<Uint8Array | undefined> {
  transfer.serverTurn();
  const { done, value } = await unlessAborted(reader.read(), transfer.signal);
  transfer.ownTurn();
  return done ? undefined : value;
}

/**
 * The whole blob, or with a range the part that begins there. With `if-range` nothing else will do: the whole of another
 * blob can't be resumed where this one broke.
 */
async function opened(
  connected: Connection,
  url: string,
  deadlineMs: number,
  signal: AbortSignal | undefined,
  headers: { readonly range?: string; readonly "if-range"?: string },
): Promise<Source> {
  const transfer = connected.transfer(url, deadlineMs, signal);
  try {
    transfer.serverTurn();
    const response = await connected.request(url, transfer, { headers });
    const { range } = headers;
    const isPart = range !== undefined && response.status === 206;
    const wholeWillDo = headers["if-range"] === undefined;
    if (!isPart && !(wholeWillDo && response.status === 200)) {
      throw errorOfAnswer(response, url);
    }
    const from = range?.slice("bytes=".length);
    const got = response.headers.get("content-range") ?? "";
    if (isPart && !got.startsWith(`bytes ${from}`)) {
      throw badAnswer(`expected the part from ${from}`);
    }
    if (!response.body) throw badAnswer("expected a body, got none");
    return { transfer, reader: response.body.getReader(), response };
  } catch (error) {
    const failure = transfer.failure(error);
    transfer.end();
    throw failure;
  }
}

function hasCode(error: unknown, code: HistoryClientErrorCode): boolean {
  return error instanceof HistoryClientError && error.code === code;
}

function close({ reader, transfer }: Source): void {
  reader.cancel().catch(() => {});
  transfer.end();
}
