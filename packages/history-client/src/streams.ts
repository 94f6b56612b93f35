import { unlessAborted } from "@history-sync/async";
import { streamOf } from "@history-sync/primitives";
import { badAnswer } from "./answer-errors.js";
import { tooLarge } from "./errors.js";
import type { Transfer } from "./transfer.js";

/** A body on its way out. */
export interface Outgoing {
  /** The body to send: counted, bounded, and on the server's time only while the server reads. */
  readonly stream: ReadableStream<Uint8Array>;
  sentBytes(): number;
  /** Returns the error of the caller's own body, apart from those of the network. */
  sourceFailure(): { readonly cause: unknown } | undefined;
  /** Cancels the caller's body, whatever became of `stream`. */
  abandon(): void;
}

export interface OutgoingOptions {
  readonly maxBytes: number;
  readonly onProgress: (sentBytes: number) => void;
  readonly onBytes: (bytes: Uint8Array) => void;
}

export function outgoing(
  body: ReadableStream<Uint8Array>,
  transfer: Transfer,
  { maxBytes, onProgress, onBytes }: OutgoingOptions,
): Outgoing {
  const reader = body.getReader();
  let bytes = 0;
  let failure: { readonly cause: unknown } | undefined;
  async function* counted() {
    try {
      while (true) {
        transfer.ownTurn();
        const { done, value } = await reader.read();
        if (done) break;
        if (bytes + value.length > maxBytes) throw tooLarge(maxBytes);
        if (value.length === 0) continue;
        onBytes(value);
        transfer.serverTurn();
        yield value;
        bytes += value.length;
        onProgress(bytes);
      }
      transfer.serverTurn();
    } catch (cause) {
      failure = { cause };
      throw cause;
    }
  }
  return {
    stream: streamOf(counted()),
    sentBytes: () => bytes,
    sourceFailure: () => failure,
    abandon: () => void reader.cancel().catch(() => {}),
  };
}

/** A short text, such as an id: more than `maxBytes` is no answer of a history server. */
export async function shortText(
  response: Response,
  transfer: Transfer,
  maxBytes: number,
): Promise<string> {
  if (!response.body) throw badAnswer("expected an id, got no body");
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  while (true) {
    const { done, value } = await unlessAborted(reader.read(), transfer.signal);
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > maxBytes) {
      throw badAnswer(`expected an id, got more than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
