import { type BlobId, etagOf } from "@history-sync/history-client/contract";
import { answer, preflightHeaders, withOurHeaders } from "../answers.js";
import { idPrefix } from "../blob-id.js";
import { byteStreamOf } from "../byte-stream.js";
import type { Context, Peer, Resource } from "../context.js";
import { HistoryServerError } from "../errors.js";
import type { Room } from "../guard/space.js";
import { checksumHeader, concatHeader } from "../headers.js";
import type { ResumableUploads } from "../resumable-uploads.js";
import { emptyBody, uploadChunks } from "../upload-body.js";
import { liveBlob } from "./files.js";
import { admitted, receiptHeaders } from "./new-blob.js";
import { checkConcat, isFinal, joinParts } from "./tus-join.js";

const tusVersion = { "tus-resumable": "1.0.0" };
const unusedAtCreation = [
  "content-type",
  "upload-metadata",
  concatHeader,
  checksumHeader,
];

/** `/tus`: where uploads in pieces begin, and where parts are joined. */
export function tusResource(uploads: ResumableUploads): Resource {
  return {
    POST: (request, context, peer) =>
      isFinal(request)
        ? joinParts(uploads, request, context, peer)
        : create(uploads, request, context),
  };
}

/** `/tus/{id}`: an upload in pieces, until it is the blob `/files/{id}`. */
export function tusUploadResource(
  uploads: ResumableUploads,
  id: BlobId,
): Resource {
  return {
    HEAD: (request, context) => offset(uploads, id, request, context),
    PATCH: (request, context, peer) =>
      append(uploads, id, request, context, peer),
    DELETE: (request) => terminate(uploads, id, request),
  };
}

/** The preflight, with what the tus server can do. */
export async function tusOptions(
  uploads: ResumableUploads,
  request: Request,
  allow: string,
): Promise<Response> {
  return withOurHeaders(await uploads.handle(request), preflightHeaders(allow));
}

async function create(
  uploads: ResumableUploads,
  request: Request,
  context: Context,
): Promise<Response> {
  const upload = await admitted(request, context);
  const length = request.headers.get("upload-length");
  if (length === "0") throw emptyBody();
  checkConcat(request.headers);
  context.space.expect(Number(length ?? 0));
  // The first piece comes by PATCH: a body here is left alone.
  const { url, method, headers, signal } = request;
  const bodiless = new Request(url, {
    method,
    headers: without(headers, unusedAtCreation),
    signal,
  });
  const response = await uploads.handle(bodiless, upload);
  if (response.status !== 201) return passed(response);
  context.log("upload-begun", { id: idPrefix(upload.id) });
  // A part never is a blob: there is nothing to delete, and nothing that expires with it.
  return withOurHeaders(response, upload.isPart ? {} : receiptHeaders(upload));
}

async function offset(
  uploads: ResumableUploads,
  id: BlobId,
  request: Request,
  context: Context,
): Promise<Response> {
  await uploads.settle(id);
  const blob = await liveBlob(id, context);
  if (!blob) return passed(uploads.handle(request));
  return answer(200, "", {
    ...tusVersion,
    "upload-offset": `${blob.size}`,
    "upload-length": `${blob.size}`,
    etag: etagOf(blob.sha256),
    ...(blob.concat !== undefined && { [concatHeader]: blob.concat }),
  });
}

async function terminate(
  uploads: ResumableUploads,
  id: BlobId,
  request: Request,
): Promise<Response> {
  // A complete upload is a blob, and only its deletion token ends it.
  await uploads.settle(id);
  return passed(uploads.handle(request));
}

async function append(
  uploads: ResumableUploads,
  id: BlobId,
  request: Request,
  context: Context,
  peer: Peer,
): Promise<Response> {
  const end = context.limits.upload(peer.address);
  const room = context.space.open();
  const piece = countedPiece(request, room, context);
  try {
    const response = await uploads.handle(piece.request);
    // The tus server reports our own refusal as a broken body.
    if (piece.failure()) throw piece.failure();
    const etag = response.headers.get("etag");
    if (etag !== null) {
      const bytes = Number(response.headers.get("upload-offset"));
      context.log("upload-stored", { id: idPrefix(id), bytes });
    }
    if (response.ok) room.keep();
    if (response.status === 404 || response.status === 410) {
      const blob = await context.blobs.stat(id);
      if (blob?.concat !== undefined) return answer(403, "", tusVersion);
    }
    return passed(response);
  } finally {
    // Bytes received before a break stay, so that the upload can resume after them, unless they had to be checked first.
    if (request.headers.has(checksumHeader)) room.giveBack();
    else room.keep();
    end();
    piece.end();
  }
}

function countedPiece(request: Request, room: Room, { maxBytes }: Context) {
  let failure: HistoryServerError | undefined;
  const ended = new AbortController();
  const { url, method, headers, signal, body } = request;
  async function* counted(stream: ReadableStream<Uint8Array>) {
    const options = {
      maxBytes,
      onBytes: room.take,
      signal: AbortSignal.any([signal, ended.signal]),
    };
    try {
      yield* uploadChunks(stream, options);
    } catch (error) {
      const known = error instanceof HistoryServerError ? error : undefined;
      // A last piece that only tells the length is empty.
      if (known?.code === "empty-blob") return;
      if (known?.code !== "upload-broken") failure = known;
      throw error;
    }
  }
  const init = { method, headers, signal, duplex: "half" };
  return {
    request: new Request(
      url,
      body
        ? ({ ...init, body: byteStreamOf(counted(body)) } as RequestInit)
        : (init as RequestInit),
    ),
    failure: () => failure,
    /** Lets go of a body that the tus server has not read to its end. */
    end: () => ended.abort(),
  };
}

/** The tus server's own answer, except that it is never a bare 500. */
async function passed(
  answering: Response | Promise<Response>,
): Promise<Response> {
  const response = await answering;
  if (response.status === 507) {
    throw new HistoryServerError("storage-full", "the store is full", {
      retryable: true,
    });
  }
  if (response.status >= 500) {
    throw new HistoryServerError(
      "storage-failed",
      "the upload's store failed",
      {
        retryable: true,
      },
    );
  }
  return withOurHeaders(response, {});
}

function without(headers: Headers, names: readonly string[]): Headers {
  const kept = new Headers(headers);
  for (const name of names) kept.delete(name);
  return kept;
}
