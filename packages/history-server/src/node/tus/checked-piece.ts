import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { systemRandomBytes } from "@history-sync/primitives";
import { newBlobId } from "../../blob-id.js";
import { chunkReader } from "../../chunk-reader.js";
import { HistoryServerError } from "../../errors.js";
import { checksumHeader } from "../../headers.js";
import { fileStream } from "../file-stream.js";
import { guarded } from "../file-system.js";
import { FileWriter } from "../file-writer.js";

/** The value of `tus-checksum-algorithm`. The protocol asks for SHA-1; no security rests on it. */
export const checksumAlgorithms = "sha256,sha1";

const form = /^(sha1|sha256) ([A-Za-z0-9+/]{27,43}=)$/;

/**
 * Forwards a `PATCH`. One with a checksum waits in a file of `folder` until it is whole, and is forwarded if its hash is right: what
 * is wrong, or cut, leaves the upload as it was. 460 for a wrong hash.
 */
export async function checkedPiece(
  request: Request,
  folder: string,
  handle: (request: Request) => Promise<Response>,
): Promise<Response> {
  const header = request.headers.get(checksumHeader);
  if (header === null) return await handle(request);
  const [, algorithm = "", wanted] = form.exec(header) ?? [];
  if (wanted === undefined) {
    throw new HistoryServerError(
      "invalid-request",
      `${checksumHeader}: expected ${checksumAlgorithms} and a hash in base64`,
    );
  }
  const path = join(folder, newBlobId(systemRandomBytes));
  return await guarded(async () => {
    try {
      const { hash, size } = await spooled(request.body, path, algorithm);
      return hash === wanted
        ? await handle(await withBody(request, path, size))
        : mismatch();
    } finally {
      await rm(path, { force: true });
    }
  });
}

async function spooled(
  body: ReadableStream<Uint8Array> | null,
  path: string,
  algorithm: string,
) {
  const writer = new FileWriter(path);
  const hash = createHash(algorithm);
  let size = 0;
  const reader = body && chunkReader(body);
  try {
    while (true) {
      const chunk = await reader?.read();
      if (!chunk) break;
      hash.update(chunk);
      size += chunk.length;
      await writer.add(chunk);
    }
    await writer.end();
    return { hash: hash.digest("base64"), size };
  } finally {
    await reader?.cancel().catch(() => {});
    await writer.close();
  }
}

async function withBody(
  { url, method, headers, signal }: Request,
  path: string,
  size: number,
): Promise<Request> {
  const body =
    size > 0
      ? fileStream(await open(path, "r"), { start: 0, end: size })
      : undefined;
  const init = { method, headers, signal, body, duplex: "half" };
  return new Request(url, init as RequestInit);
}

/** Of the checksum extension of tus 1.0. */
function mismatch(): Response {
  return new Response("Checksum Mismatch\n", {
    status: 460,
    headers: { "tus-resumable": "1.0.0" },
  });
}
