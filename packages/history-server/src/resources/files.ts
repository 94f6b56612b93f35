import { type BlobId, etagOf } from "@history-sync/history-client/contract";
import { streamOf } from "@history-sync/primitives";
import { answer, blobAnswer, notModified } from "../answers.js";
import { idPrefix } from "../blob-id.js";
import type { BlobInfo, ByteRange, StoredBlob } from "../blob-store.js";
import { byteRange } from "../byte-range.js";
import type { Context, Resource } from "../context.js";
import { isDeletionToken } from "../deletion-token.js";
import { HistoryServerError } from "../errors.js";
import { bearerToken } from "../headers.js";

/** `/files/{id}` */
export function fileResource(id: BlobId): Resource {
  return {
    GET: (request, context) => download(id, request, context),
    HEAD: (request, context) => describe(id, request, context),
    DELETE: (request, context) => remove(id, request, context),
  };
}

/** Returns the facts about a blob that exists and has not expired. */
export async function liveBlob(
  id: BlobId,
  context: Context,
): Promise<BlobInfo | undefined> {
  const info = await context.blobs.stat(id);
  if (!info || context.clock.nowMs() < info.expiresAtMs) return info;
  await expire(id, info, context);
  return undefined;
}

async function expire(
  id: BlobId,
  info: BlobInfo,
  context: Context,
): Promise<void> {
  await discard(id, info, context);
  context.log("blob-expired", { id: idPrefix(id) });
}

async function describe(
  id: BlobId,
  { headers }: Request,
  context: Context,
): Promise<Response> {
  const info = await liveBlob(id, context);
  if (!info) return answer(404);
  return isUnchanged(headers, info)
    ? notModified(info)
    : blobAnswer(info, undefined, null);
}

async function download(
  id: BlobId,
  { headers }: Request,
  context: Context,
): Promise<Response> {
  const isPlain = !headers.has("range") && !headers.has("if-none-match");
  // Opening the blob gives everything that a plain download needs.
  if (isPlain) return await whole(id, context);
  const info = await liveBlob(id, context);
  if (!info) return answer(404);
  if (isUnchanged(headers, info)) return notModified(info);
  // RFC 9110 section 13.1.5: where If-Range doesn't hold, the whole blob is served.
  const condition = headers.get("if-range");
  const holds = condition === null || condition === etagOf(info.sha256);
  const range = holds ? byteRange(headers.get("range"), info.size) : undefined;
  if (range === "unsatisfiable") {
    return answer(416, "", { "content-range": `bytes */${info.size}` });
  }
  const blob = await context.blobs.read(id, range);
  return blob ? served(id, blob, range, context) : answer(404);
}

async function whole(id: BlobId, context: Context): Promise<Response> {
  const blob = await context.blobs.read(id);
  if (!blob) return answer(404);
  if (context.clock.nowMs() < blob.expiresAtMs) {
    return served(id, blob, undefined, context);
  }
  await blob.body.cancel();
  await expire(id, blob, context);
  return answer(404);
}

function served(
  id: BlobId,
  blob: StoredBlob,
  range: ByteRange | undefined,
  context: Context,
): Response {
  const { start, end } = range ?? { start: 0, end: blob.size };
  context.log("blob-served", { id: idPrefix(id), bytes: end - start });
  const isLastOfOnce = blob.once && end === blob.size;
  const body = isLastOfOnce ? thenGone(id, blob, context) : blob.body;
  return blobAnswer(blob, range, body);
}

/** The last bytes of a blob for one download: when they have been taken, it is deleted. */
function thenGone(
  id: BlobId,
  blob: StoredBlob,
  context: Context,
): ReadableStream<Uint8Array> {
  const reader = blob.body.getReader();
  async function* untilTaken() {
    let taken = false;
    try {
      while (true) {
        const { done, value } = await reader.read();
        if (done) break;
        yield value;
      }
      taken = true;
    } finally {
      if (!taken) await reader.cancel();
    }
    await discard(id, blob, context);
    context.log("blob-taken", { id: idPrefix(id) });
  }
  return streamOf(untilTaken());
}

async function remove(
  id: BlobId,
  { headers }: Request,
  context: Context,
): Promise<Response> {
  const token = bearerToken(headers);
  const info = await liveBlob(id, context);
  if (!info) return answer(404);
  if (token === undefined || !isDeletionToken(token, info.deletionTokenHash)) {
    throw new HistoryServerError(
      "unauthorized",
      "expected the blob's deletion token",
    );
  }
  await discard(id, info, context);
  context.log("blob-deleted", { id: idPrefix(id) });
  return answer(204);
}

async function discard(
  id: BlobId,
  { size }: BlobInfo,
  { blobs, space }: Context,
): Promise<void> {
  if (await blobs.delete(id)) space.freed(size);
}

/** RFC 9110 section 13.1.2. */
function isUnchanged(headers: Headers, { sha256 }: BlobInfo): boolean {
  const known = headers.get("if-none-match");
  if (known === null) return false;
  const etag = etagOf(sha256);
  return known
    .split(",")
    .map((tag) => tag.trim().replace(/^W\//, ""))
    .some((tag) => tag === "*" || tag === etag);
}
