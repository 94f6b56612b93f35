import { unlessAborted } from "@history-sync/async";
import { newSha256 } from "#sha256";
import { badAnswer, errorOfAnswer } from "./answer-errors.js";
import { checksumEtag, compareChecksum } from "./checksum.js";
import type { Connection } from "./connection.js";
import { isBlobId } from "./contract/blob-id.js";
import { slowestBytesPerMs } from "./contract/limits.js";
import type { UploadOptions, UploadReceipt } from "./options.js";
import { receiptOf, wishHeaders } from "./receipt.js";
import { type Outgoing, outgoing, shortText } from "./streams.js";
import type { Transfer } from "./transfer.js";

const maxIdAnswerBytes = 256;

/** `POST /upload` in one request, as every history server takes it. A break loses what was sent. */
export async function uploadWhole(
  connected: Connection,
  server: string,
  body: ReadableStream<Uint8Array>,
  options: UploadOptions,
): Promise<UploadReceipt> {
  const { maxBytes, streamUploads, log } = connected;
  const { onProgress = () => {}, signal } = options;
  const transfer = connected.transfer(server, connected.deadlineMs(), signal);
  const hash = newSha256();
  const whileSent = streamUploads ? onProgress : () => {};
  const sending = outgoing(body, transfer, {
    maxBytes,
    onProgress: whileSent,
    onBytes: hash.update,
  });
  try {
    transfer.serverTurn();
    const headers = wishHeaders(connected, options);
    const response = await post(connected, server, sending, transfer, headers);
    if (!response.ok) throw errorOfAnswer(response, server);
    const id = await shortText(response, transfer, maxIdAnswerBytes);
    if (!isBlobId(id)) {
      throw badAnswer(`expected an id, got ${id.length} other characters`);
    }
    compareChecksum(checksumEtag(response.headers), hash.digest(), "stored");
    if (!streamUploads) onProgress(sending.sentBytes());
    log("uploaded", { bytes: sending.sentBytes() });
    return receiptOf(`${server}/files/${id}`, response.headers);
  } catch (error) {
    const failure = sending.sourceFailure();
    throw failure ? failure.cause : transfer.failure(error);
  } finally {
    sending.abandon();
    transfer.end();
  }
}

async function post(
  { streamUploads, request }: Connection,
  server: string,
  body: Outgoing,
  transfer: Transfer,
  headers: Record<string, string>,
): Promise<Response> {
  const url = `${server}/upload`;
  if (streamUploads) {
    return await request(url, transfer, {
      method: "POST",
      headers,
      body: body.stream,
      duplex: "half",
      // With any other mode Node's fetch keeps all that it has sent, for a redirect that may come.
      // https://github.com/nodejs/undici/issues/4058
      redirect: "error",
    } as RequestInit);
  }
  const blob = await gathered(body.stream, transfer);
  transfer.serverTurn(blob.size / slowestBytesPerMs);
  return await request(url, transfer, { method: "POST", headers, body: blob });
}

function gathered(
  stream: ReadableStream<Uint8Array>,
  transfer: Transfer,
): Promise<Blob> {
  const body = stream as ReadableStream<Uint8Array<ArrayBuffer>>;
  return unlessAborted(new Response(body).blob(), transfer.signal);
}
