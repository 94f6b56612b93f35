import {
  type BlobId,
  etagOf,
  isBlobId,
} from "@history-sync/history-client/contract";
import { answer } from "../answers.js";
import { idPrefix } from "../blob-id.js";
import type { Context, Peer } from "../context.js";
import { HistoryServerError } from "../errors.js";
import { concatHeader } from "../headers.js";
import { maxParts } from "../limits.js";
import type { ResumableUploads } from "../resumable-uploads.js";
import { tooLarge } from "../upload-body.js";
import { admitted, receiptHeaders } from "./new-blob.js";

/** The longest header that is stored in the blob's file. */
const maxConcatCharacters = 4096;

/** URLs, separated by spaces. */
const finalForm = /^final;[!-~]+(?: [!-~]+)*$/;

/** Returns true if a `POST /tus` asks for parts to be joined. Concatenation extension of tus 1.0. */
export function isFinal({ headers }: Request): boolean {
  return headers.get(concatHeader)?.startsWith("final;") ?? false;
}

/** Of an upload that isn't a final one; throws `invalid-request`. */
export function checkConcat(headers: Headers): void {
  const concat = headers.get(concatHeader);
  if (concat !== null && concat !== "partial") {
    throw refused('"partial", or "final;" and the addresses of parts');
  }
}

/** Makes one blob of finished parts, and answers when it is durable. */
export async function joinParts(
  uploads: ResumableUploads,
  request: Request,
  context: Context,
  peer: Peer,
): Promise<Response> {
  const { space, limits, log } = context;
  const { headers, signal } = request;
  const blob = await admitted(request, context);
  const concat = headers.get(concatHeader) ?? "";
  const parts = partsIn(concat);
  if (headers.has("upload-length") || headers.has("upload-defer-length")) {
    throw refused("no upload-length: it is the sum of the parts");
  }
  const end = limits.upload(peer.address);
  const room = space.open();
  try {
    const joined = { ...blob, label: { ...blob.label, concat } };
    const { size, sha256 } = await uploads.join(joined, parts, {
      onSize(bytes) {
        if (bytes > blob.maxBytes) throw tooLarge(blob.maxBytes);
        // The parts are there until the blob is.
        room.take(bytes);
      },
      signal,
    });
    room.keep();
    space.freed(size);
    log("upload-stored", { id: idPrefix(blob.id), bytes: size });
    return answer(201, "", {
      "tus-resumable": "1.0.0",
      location: `tus/${blob.id}`,
      etag: etagOf(sha256),
      ...receiptHeaders(blob),
    });
  } finally {
    room.giveBack();
    end();
  }
}

/** The last segment of each address is its id; the rest is how the uploader sees this server. */
function partsIn(concat: string): readonly BlobId[] {
  if (concat.length > maxConcatCharacters || !finalForm.test(concat)) {
    throw refused(`"final;" and at most ${maxConcatCharacters} characters`);
  }
  const ids = concat
    .slice("final;".length)
    .split(" ")
    .map((address) => /(?:^|\/)tus\/([^/]+)$/.exec(address)?.[1] ?? "");
  if (ids.length > maxParts) throw refused(`at most ${maxParts} parts`);
  return ids.map((id) => {
    if (!isBlobId(id)) throw refused("addresses of parts, such as tus/{id}");
    return id;
  });
}

function refused(expected: string): HistoryServerError {
  return new HistoryServerError(
    "invalid-request",
    `${concatHeader}: expected ${expected}`,
  );
}
