import { badAnswer, errorOfAnswer } from "./answer-errors.js";
import { checksumEtag } from "./checksum.js";
import type { Connection } from "./connection.js";
import { isBlobId } from "./contract/blob-id.js";
import { slowestBytesPerMs } from "./contract/limits.js";
import { HistoryClientError } from "./errors.js";
import type { NewUploadOptions, ResumableUpload } from "./options.js";
import { receiptOf, wishHeaders } from "./receipt.js";

const tusVersion = { "tus-resumable": "1.0.0" };
const noTus: ReadonlySet<number> = new Set([404, 405, 501]);
const wrongOffset: ReadonlySet<number> = new Set([409, 423]);

/** Begins an upload by tus 1.0; undefined where the server doesn't speak it. */
export async function createTusUpload(
  connected: Connection,
  server: string,
  options: NewUploadOptions,
): Promise<ResumableUpload | undefined> {
  const headers = {
    ...tusVersion,
    ...wishHeaders(connected, options),
    "upload-defer-length": "1",
  };
  const init = { method: "POST", headers };
  const deadlineMs = connected.deadlineMs();
  const url = `${server}/tus`;
  let response: Response;
  try {
    response = await answered(connected, url, init, deadlineMs, options);
  } catch (error) {
    if (await isThere(connected, server, error, options)) return undefined;
    throw error;
  }
  if (noTus.has(response.status)) return undefined;
  if (response.ok && !response.headers.has("tus-resumable")) return undefined;
  if (response.status !== 201) throw errorOfAnswer(response, url);
  // Only the id is read from the address: a server can't redirect the client.
  const id = (response.headers.get("location") ?? "").split("/").at(-1) ?? "";
  if (!isBlobId(id)) throw badAnswer("expected a location that ends in an id");
  const receipt = receiptOf(`${server}/files/${id}`, response.headers);
  return { ...receipt, uploadUrl: `${server}/tus/${id}` };
}

/**
 * Returns true if a server that seems out of reach isn't: a browser makes no request with tus' headers before the server has said
 * that pages may, and one that doesn't know of tus says nothing. A plain request needs no such word.
 */
async function isThere(
  connected: Connection,
  server: string,
  error: unknown,
  { signal }: NewUploadOptions,
): Promise<boolean> {
  const seemsAway =
    error instanceof HistoryClientError && error.code === "unreachable";
  if (!seemsAway || !connected.asksForPages) return false;
  const deadlineMs = connected.deadlineMs();
  return answered(connected, `${server}/`, {}, deadlineMs, { signal }).then(
    () => true,
    () => false,
  );
}

/** Ends the upload that was to become the blob; whether there was one. */
export async function endTusUpload(
  connected: Connection,
  blobUrl: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const url = blobUrl.replace(/\/files\/([^/]+)$/, "/tus/$1");
  const init = { method: "DELETE", headers: tusVersion };
  const deadlineMs = connected.deadlineMs();
  const response = await answered(connected, url, init, deadlineMs, { signal });
  if (noTus.has(response.status) || response.status === 410) return false;
  if (!response.ok) throw errorOfAnswer(response, url);
  return true;
}

/** How far the server is. */
export interface Position {
  readonly offset: number;
  /** True if the server has been told the length. tus allows that once only. */
  readonly knowsLength: boolean;
  /** Of the finished blob. */
  readonly etag?: string | undefined;
}

/** Asks. Throws `upload-lost` where the server knows nothing of the upload. */
export async function position(
  connected: Connection,
  url: string,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Position> {
  const init = { method: "HEAD", headers: tusVersion };
  const response = await answered(connected, url, init, deadlineMs, { signal });
  if (response.status === 404 || response.status === 410) throw lost();
  if (!response.ok) throw errorOfAnswer(response, url);
  return positionIn(response);
}

/** Sends what comes at the offset, with the total where it is known and the server doesn't know it. */
export async function append(
  connected: Connection,
  url: string,
  next: {
    readonly offset: number;
    readonly rest: Uint8Array<ArrayBuffer>;
    readonly total: number | undefined;
  },
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Position> {
  const headers: Record<string, string> = {
    ...tusVersion,
    "content-type": "application/offset+octet-stream",
    "upload-offset": `${next.offset}`,
  };
  if (next.total !== undefined) headers["upload-length"] = `${next.total}`;
  const init = { method: "PATCH", headers, body: next.rest };
  const response = await answered(connected, url, init, deadlineMs, {
    signal,
    extraMs: next.rest.length / slowestBytesPerMs,
  });
  if (response.status === 404 || response.status === 410) throw lost();
  if (wrongOffset.has(response.status)) throw elsewhere(response.status);
  if (!response.ok) throw errorOfAnswer(response, url);
  return positionIn(response);
}

function positionIn({ headers }: Response): Position {
  const offset = headers.get("upload-offset") ?? "";
  if (!/^\d{1,15}$/.test(offset)) throw badAnswer("expected an upload-offset");
  return {
    offset: Number(offset),
    knowsLength: headers.has("upload-length"),
    etag: checksumEtag(headers),
  };
}

/** Makes one request, and ignores the body of its answer. */
async function answered(
  connected: Connection,
  url: string,
  init: RequestInit,
  deadlineMs: number,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly extraMs?: number;
  },
): Promise<Response> {
  const transfer = connected.transfer(url, deadlineMs, options.signal);
  try {
    transfer.serverTurn(options.extraMs);
    const response = await connected.request(url, transfer, init);
    await response.body?.cancel();
    return response;
  } catch (error) {
    throw transfer.failure(error);
  } finally {
    transfer.end();
  }
}

export function lost(): HistoryClientError {
  return new HistoryClientError(
    "upload-lost",
    "the server no longer has what was sent of the upload",
  );
}

function elsewhere(status: number): HistoryClientError {
  return new HistoryClientError(
    "unavailable",
    `the server is at another offset, or busy with the upload: status ${status}`,
    { retryable: true },
  );
}
