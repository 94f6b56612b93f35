import { etagOf } from "@history-sync/history-client/contract";
import { answer } from "../answers.js";
import { idPrefix } from "../blob-id.js";
import type { Context, Peer } from "../context.js";
import { emptyBody, tooLarge } from "../upload-body.js";
import { admitted, receiptHeaders } from "./new-blob.js";

/** `POST /upload`: the whole blob in one request, the id and nothing else as the answer. */
export async function upload(
  request: Request,
  context: Context,
  peer: Peer,
): Promise<Response> {
  const { blobs, limits, space, log } = context;
  const blob = await admitted(request, context);
  const { id, label, maxBytes } = blob;
  if (!request.body) throw emptyBody();
  // A declared length that is too large is refused before its bytes are read.
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  space.expect(declared);

  const end = limits.upload(peer.address);
  const room = space.open();
  try {
    const { size, sha256 } = await blobs.write(id, request.body, {
      maxBytes,
      label,
      onBytes: room.take,
      signal: request.signal,
    });
    room.keep();
    log("upload-stored", { id: idPrefix(id), bytes: size });
    return answer(200, id, { ...receiptHeaders(blob), etag: etagOf(sha256) });
  } finally {
    room.giveBack();
    end();
  }
}
