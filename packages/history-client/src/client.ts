import { streamOf } from "@history-sync/primitives";
import { errorOfAnswer } from "./answer-errors.js";
import { type Connection, connection } from "./connection.js";
import { uploadPieceBytes } from "./contract/limits.js";
import { downloadBlob } from "./download.js";
import type {
  HistoryServerClient,
  HistoryServerClientOptions,
  UploadOptions,
  UploadReceipt,
} from "./options.js";
import { type Pieces, piecesOf } from "./pieces.js";
import { sendPieces } from "./send-pieces.js";
import { createTusUpload, endTusUpload } from "./tus-requests.js";
import { checkedBlobUrl, checkedServerUrl, checkedUploadUrl } from "./urls.js";
import { uploadWhole } from "./whole-upload.js";

/**
 * Creates a client for history servers: uploads, downloads and resumable uploads over HTTP. It opens no connection
 * until it is called.
 *
 * @example
 * ```ts
 * import { historyServerClient } from "@history-sync/history-client";
 *
 * const origins = ["https://history.example.org"];
 * const client = historyServerClient({ origins, uploadToken: "..." });
 * export const upload = (archive: ReadableStream<Uint8Array>) =>
 *   client.upload("https://history.example.org", archive);
 * ```
 */
export function historyServerClient(
  options: HistoryServerClientOptions = {},
): HistoryServerClient {
  const connected = connection(options);
  const { allowed } = connected;
  return {
    async upload(serverUrl, body, uploadOptions = {}) {
      const pieces = piecesOf(body, uploadPieceBytes);
      try {
        const server = checkedServerUrl(serverUrl, allowed);
        const receipt = await sent(connected, server, pieces, uploadOptions);
        uploadOptions.onReceipt?.(receipt);
        return receipt.url;
      } finally {
        pieces.cancel();
      }
    },

    async createUpload(serverUrl, uploadOptions = {}) {
      const server = checkedServerUrl(serverUrl, allowed);
      return await createTusUpload(connected, server, uploadOptions);
    },

    async resumeUpload(upload, body, sendOptions = {}) {
      const pieces = piecesOf(body, uploadPieceBytes);
      try {
        const uploadUrl = checkedUploadUrl(upload.uploadUrl, allowed);
        const url = checkedBlobUrl(upload.url, allowed);
        const checked = { ...upload, uploadUrl };
        const options = { ...sendOptions, isNew: false };
        await sendPieces(connected, checked, pieces, options);
        return url;
      } finally {
        pieces.cancel();
      }
    },

    async download(url, { offset = 0, signal } = {}) {
      const checked = checkedBlobUrl(url, allowed);
      return await downloadBlob(connected, checked, offset, signal);
    },

    async deleteBlob(url, deletionToken, { signal } = {}) {
      const checked = checkedBlobUrl(url, allowed);
      const headers = { authorization: `Bearer ${deletionToken}` };
      const init = { method: "DELETE", headers };
      if (await deleted(connected, checked, init, signal)) return true;
      return await endTusUpload(connected, checked, signal);
    },
  };
}

async function deleted(
  connected: Connection,
  url: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const transfer = connected.transfer(url, connected.deadlineMs(), signal);
  try {
    transfer.serverTurn();
    const response = await connected.request(url, transfer, init);
    if (response.status === 404) return false;
    if (!response.ok) throw errorOfAnswer(response, url);
    return true;
  } catch (error) {
    throw transfer.failure(error);
  } finally {
    transfer.end();
  }
}

/**
 * Sends in pieces, so that `onBegin` is called before the bytes are on the server; in one request what fits
 * into one piece, without `onBegin`, and to a server that accepts only that.
 */
async function sent(
  connected: Connection,
  server: string,
  pieces: Pieces,
  options: UploadOptions,
): Promise<UploadReceipt> {
  const { onBegin, signal } = options;
  signal?.throwIfAborted();
  const inOneRequest = !onBegin && (await pieces.isOne(signal));
  const upload = inOneRequest
    ? undefined
    : await createTusUpload(connected, server, options);
  if (!upload) {
    const whole = streamOf(pieces.rest());
    return await uploadWhole(connected, server, whole, options);
  }
  await onBegin?.(upload);
  await sendPieces(connected, upload, pieces, { ...options, isNew: true });
  const { uploadUrl: _, ...receipt } = upload;
  return receipt;
}
